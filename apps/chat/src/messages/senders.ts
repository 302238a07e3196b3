import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { MessageDraft, User } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { Profiles } from '../accounts/users/profiles.js';
import type { Caller } from '../kernel/caller.js';
import { Mentions } from './mentions.js';
import { MessagesRepository } from './messages.repository.js';

/** Who may send what. */
@Injectable()
export class Senders {
  constructor(
    private readonly access: ChatAccess,
    private readonly mentions: Mentions,
    private readonly messages: MessagesRepository,
    private readonly profiles: Profiles,
  ) {}

  /**
   * Who sends, once it is clear that they may.
   *
   * @throws ChatError chat/access_denied, chat/role_required, request/invalid for mentions, message/parent_unknown
   */
  async require(caller: Pick<Caller, 'userId'>, draft: MessageDraft): Promise<User> {
    const { chatId, parentId } = draft;
    await this.access.forMember(caller, chatId, 'send');
    await this.mentions.require(caller, draft);
    if (parentId && !(await this.messages.isIn(chatId, parentId))) throw new ChatError('message/parent_unknown');
    return this.profiles.of(caller.userId);
  }
}
