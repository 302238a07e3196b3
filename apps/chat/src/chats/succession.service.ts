import { Injectable } from '@nestjs/common';
import { ChatsRepository } from '../access/chats.repository.js';
import type { MemberDocument } from '../access/member.schema.js';
import { MembersRepository } from '../access/members.repository.js';
import { roleOf } from '../access/roles.js';
import { UsersRepository } from '../accounts/users/users.repository.js';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { stateOf, untilDecided } from '../logs/overtaken.js';

/** By whom a change is made that no person asked for. */
const nobody = '0'.repeat(24);
/** People with one role among whom one is looked for whose account is not disabled. */
const candidatesMax = 100;

/** Gives a chat another owner whose owner's account is disabled. */
@Injectable()
export class SuccessionService {
  constructor(
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly users: UsersRepository,
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
  ) {}

  /** Every chat of these people. Harmless to repeat, also on several replicas at once. */
  async succeed(ownerIds: readonly string[]): Promise<void> {
    for (const { chatId, userId } of await this.members.owning(ownerIds))
      await untilDecided(() => this.succeedAsItIs(chatId.toHexString(), userId.toHexString()));
  }

  /** Decided as any change of a role: on the roles of that moment. Where nobody is left to own it, it stays as it is. */
  private async succeedAsItIs(chatId: string, ownerId: string): Promise<void> {
    await this.changes.appliedHead(chatId);
    const chat = await this.chats.byId(chatId);
    const owner = await this.members.find(chatId, ownerId);
    if (!chat || !owner || roleOf(chat, owner) !== 'owner') return;
    const next = (await this.firstAble('admin', chatId)) ?? (await this.firstAble('member', chatId));
    if (!next) return;
    const userId = next.userId.toHexString();
    const ends = [
      stateOf('roles', chatId, chat.rolesRev),
      stateOf('member', userId, next.rev),
      stateOf('member', ownerId, owner.rev),
    ];
    const body = { userId, role: 'owner', previousOwnerId: ownerId } as const;
    await this.teller.tell(await this.changes.make({ chatId, by: nobody, kind: 'member:updated', body, ends }));
  }

  private async firstAble(role: 'admin' | 'member', chatId: string): Promise<MemberDocument | undefined> {
    const candidates = await this.members.longestWith(role, chatId, candidatesMax);
    const disabled = await this.users.disabledAmong(candidates.map(({ userId }) => userId.toHexString()));
    return candidates.find(({ userId }) => !disabled.has(userId.toHexString()));
  }
}
