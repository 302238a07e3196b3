import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { MessageDraft, User } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { Profiles } from '../accounts/users/profiles.js';
import type { Caller } from '../kernel/caller.js';
import { Mentions } from './mentions.js';
import { MessagesRepository } from './messages.repository.js';
import { SlowMode } from './slow-mode.js';

/** Who sends, and in slow mode the place of the last message of theirs, which this one follows: no other may. */
export interface Sender {
  readonly user: User;
  readonly afterOwnSeq?: number;
}

/** Who may send what. */
@Injectable()
export class Senders {
  constructor(
    private readonly access: ChatAccess,
    private readonly mentions: Mentions,
    private readonly messages: MessagesRepository,
    private readonly profiles: Profiles,
    private readonly slowMode: SlowMode,
  ) {}

  /**
   * Who sends, once it is clear that they may.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/slow_mode, request/invalid for mentions, message/parent_unknown
   */
  async require(caller: Pick<Caller, 'userId'>, draft: MessageDraft): Promise<Sender> {
    const { chatId, parentId } = draft;
    const access = await this.access.forMember(caller, chatId, 'send');
    const afterOwnSeq = await this.slowMode.afterOwn(caller.userId, access);
    await this.mentions.require(caller, draft);
    if (parentId && !(await this.messages.isIn(chatId, parentId))) throw new ChatError('message/parent_unknown');
    const user = await this.profiles.of(caller.userId);
    return { user, ...(afterOwnSeq !== undefined && { afterOwnSeq }) };
  }

  /** Why a message was not stored though it was allowed: another of the same person's came first. */
  async overtaken(caller: Pick<Caller, 'userId'>, { chatId }: MessageDraft): Promise<ChatError> {
    const access = await this.access.forMember(caller, chatId);
    return this.slowMode.overtaken(caller.userId, access);
  }

  /** Who has sent something, whether or not they may now. @throws ChatError chat/access_denied */
  async known({ userId }: Pick<Caller, 'userId'>, { chatId }: MessageDraft): Promise<User> {
    await this.access.forMember({ userId }, chatId);
    return this.profiles.of(userId);
  }
}
