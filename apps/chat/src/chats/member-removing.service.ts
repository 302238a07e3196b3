import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { RemovalReason } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import type { MemberDocument } from '../access/member.schema.js';
import { MembersRepository } from '../access/members.repository.js';
import { mayRemove } from '../access/roles.js';
import type { Caller } from '../kernel/caller.js';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { stateOf, untilDecided } from '../logs/overtaken.js';
import { refuseDirect } from './refuse-direct.js';

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
   * Ends a membership: somebody else's, or one's own for good.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed, chat/owner_required, member/unknown
   */
  remove(caller: Caller, chatId: string, userId: string): Promise<void> {
    return untilDecided(() => this.removePresent(caller, chatId, userId));
  }

  private async removePresent(caller: Caller, chatId: string, userId: string): Promise<void> {
    const access = await this.access.forMember(caller, chatId);
    refuseDirect(access);
    const leaves = userId === caller.userId;
    if (leaves && access.role === 'owner') throw new ChatError('chat/owner_required');
    const member = await this.members.find(chatId, userId);
    if (!leaves && !mayRemove(access.role, member?.role ?? 'guest')) throw new ChatError('chat/role_required');
    if (!member) throw new ChatError('member/unknown');
    await this.end(caller, member, leaves ? 'left' : 'removed');
  }

  private async end(caller: Caller, member: MemberDocument, reason: RemovalReason): Promise<void> {
    const [chatId, userId] = [member.chatId.toHexString(), member.userId.toHexString()];
    const kind = 'member:removed';
    const ends = stateOf('member', userId, member.rev);
    const change = await this.changes.make({ chatId, by: caller.userId, kind, body: { userId, reason }, ends });
    await this.teller.tell(change);
  }
}
