import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { RemovalReason } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import type { MemberDocument } from '../access/member.schema.js';
import { MembersRepository } from '../access/members.repository.js';
import { mayRemove, roleOf } from '../access/roles.js';
import type { Caller } from '../kernel/caller.js';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { mutationOf } from '../logs/mutations.js';
import type { Named } from '../logs/mutations.js';
import { stateOf, untilDecided } from '../logs/overtaken.js';
import { refuseDirect } from './refuse-direct.js';

/** Whose membership ends, and what the client calls the change. */
type Removal = Named & { readonly userId: string };

/** Ends memberships, for whoever may. */
@Injectable()
export class MemberRemovingService {
  constructor(
    private readonly access: ChatAccess,
    private readonly members: MembersRepository,
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
  ) {}

  /**
   * Ends a membership: somebody else's, or one's own for good. Where it has ended already nothing changes.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed, chat/owner_required, member/unknown,
   * request/mutation_id_reused
   */
  remove(caller: Caller, chatId: string, { userId, ...named }: Removal): Promise<void> {
    const mutation = mutationOf(caller.userId, named);
    return untilDecided(async () => {
      if (await this.changes.wasMade(chatId, mutation, { kind, body: { userId } })) return;
      if (userId === caller.userId) await this.leave(caller, chatId, mutation);
      else await this.removePresent(caller, { chatId, userId }, mutation);
    });
  }

  /** Who was a member once learns nothing by being told that they are none. */
  private async leave(caller: Caller, chatId: string, mutation: string | undefined): Promise<void> {
    const { userId } = caller;
    const member = await this.everMember(chatId, userId);
    if (member && !member.active) return;
    try {
      // Read after the membership, so that who has become the owner at its state is seen.
      const access = await this.access.forMemberNow(caller, chatId);
      refuseDirect(access);
      if (access.role === 'owner') throw new ChatError('chat/owner_required');
    } catch (error) {
      // It has ended since, by another request of theirs.
      if (member && !(await this.members.find(chatId, userId))) return;
      throw error;
    }
    if (!member) throw new ChatError('chat/access_denied');
    await this.end(caller, member, { reason: 'left', mutation });
  }

  private async removePresent(
    caller: Caller,
    { chatId, userId }: { chatId: string; userId: string },
    mutation: string | undefined,
  ): Promise<void> {
    refuseDirect(await this.access.forMember(caller, chatId));
    const member = await this.everMember(chatId, userId);
    // Read after the membership, so that who has become the owner at its state is seen.
    const access = await this.access.forMemberNow(caller, chatId);
    const role = member?.active ? roleOf(access, member) : 'guest';
    if (!mayRemove(access.role, role)) throw new ChatError('chat/role_required');
    if (!member) throw new ChatError('member/unknown');
    if (member.active) await this.end(caller, member, { reason: 'removed', mutation });
  }

  private async everMember(chatId: string, userId: string): Promise<MemberDocument | undefined> {
    const [member] = await this.members.everAmong(chatId, [userId]);
    return member?.isStranger ? undefined : member;
  }

  private async end(
    caller: Caller,
    member: MemberDocument,
    { reason, mutation }: { reason: RemovalReason; mutation: string | undefined },
  ): Promise<void> {
    const [chatId, userId] = [member.chatId.toHexString(), member.userId.toHexString()];
    const ends = stateOf('member', userId, member.rev);
    const body = { userId, reason };
    await this.teller.tell(await this.changes.make({ chatId, by: caller.userId, kind, body, ends, mutation }));
  }
}

const kind = 'member:removed';
