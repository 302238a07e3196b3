import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { MessagePage } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { Profiles } from '../accounts/users/profiles.js';
import type { Caller } from '../kernel/caller.js';
import { historyPage } from './history-page.js';
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
  async list(caller: Caller, chatId: string, page: Partial<HistoryPage>): Promise<MessagePage> {
    await this.access.forMember(caller, chatId);
    const wanted = { ...page, limit: page.limit ?? limits.pageItemsDefault };
    // One more than is shown tells whether there are more.
    const documents = await this.messages.page(chatId, { ...wanted, limit: wanted.limit + 1 });
    const senders = await this.profiles.all(documents.map((one) => one.senderId.toHexString()));
    return historyPage(messageViews(documents, senders), wanted);
  }
}
