import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { Message } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { Profiles } from '../accounts/users/profiles.js';
import type { Caller } from '../kernel/caller.js';
import { messageViews } from './message.view.js';
import { MessagesRepository } from './messages.repository.js';
import type { HistoryPage } from './messages.repository.js';

/** The messages of a chat, to read. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly access: ChatAccess,
    private readonly messages: MessagesRepository,
    private readonly profiles: Profiles,
  ) {}

  /** A page of history, ascending by seq. */
  async list(caller: Caller, chatId: string, page: Partial<HistoryPage>): Promise<Message[]> {
    await this.access.forMember(caller, chatId);
    const documents = await this.messages.page(chatId, { ...page, limit: page.limit ?? limits.pageItemsDefault });
    const senders = await this.profiles.all(documents.map((one) => one.senderId.toHexString()));
    return messageViews(documents, senders);
  }
}
