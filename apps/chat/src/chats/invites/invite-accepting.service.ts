import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { Chat, InvitedTo } from '@roost/contract';
import type { Caller } from '../../kernel/caller.js';
import { ChangeLog } from '../../logs/change-log.js';
import type { Named } from '../../logs/mutations.js';
import { untilDecided } from '../../logs/overtaken.js';
import { ChatViews } from '../chat-views.js';
import { Newcomers } from '../newcomers.js';
import { InviteLimits } from './invite-limits.js';
import { UsableInvites } from './usable-invites.js';

/** The token that somebody was given, and what the client calls using it. */
type Acceptance = Named & { readonly token: string };

/** What somebody does who was given an invite. */
@Injectable()
export class InviteAcceptingService {
  constructor(
    private readonly usable: UsableInvites,
    private readonly newcomers: Newcomers,
    private readonly changes: ChangeLog,
    private readonly views: ChatViews,
    private readonly attempts: InviteLimits,
  ) {}

  /** What an invite is for. @throws ChatError invite/invalid, rate/limited */
  look({ userId }: Caller, token: string, address: string): Promise<InvitedTo> {
    return this.attempts.attempt({ userId, address }, async () => {
      const { chat, invite } = await this.usable.of(userId, token);
      const { type, title, memberCount } = chat;
      return { type, ...(title !== undefined && { title }), memberCount, role: invite.role };
    });
  }

  /**
   * Makes the caller a member, and gives the chat; where they are one already nothing changes. What is used of the invite and the
   * membership are one entry of the log, so neither is there without the other.
   *
   * @throws ChatError invite/invalid, chat/full, rate/limited
   */
  accept(caller: Caller, acceptance: Acceptance, address: string): Promise<Chat> {
    const { userId } = caller;
    return this.attempts.attempt({ userId, address }, async () => {
      const chatId = await untilDecided(() => this.acceptAsItIs(caller, acceptance));
      // Where the addition was decided and could not be applied yet, it is now.
      await this.changes.appliedHead(chatId);
      const chat = await this.views.of(userId, chatId);
      if (!chat) throw new ChatError('invite/invalid');
      return chat;
    });
  }

  private async acceptAsItIs(caller: Caller, { token, ...named }: Acceptance): Promise<string> {
    const { userId } = caller;
    const { invite, chat, member, use } = await this.usable.of(userId, token);
    const chatId = chat._id.toHexString();
    if (member?.active) return chatId;
    const added = await this.newcomers.addedBy(caller, { chatId, userIds: [userId], ...named });
    if (added.has(userId)) throw new ChatError('invite/invalid');
    if (chat.memberCount >= limits.membersPerChat) throw new ChatError('chat/full');
    const revs = new Map([[userId, member?.rev]]);
    await this.newcomers.add(caller, { chatId, revs, role: invite.role, ...(use && { use }), ...named });
    return chatId;
  }
}
