import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { Message, MessagePage } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { Profiles } from '../accounts/users/profiles.js';
import type { Caller } from '../kernel/caller.js';
import { historyPage, pageAround } from './history-page.js';
import type { HistoryPage } from './history-page.js';
import { messageViews } from './message.view.js';
import { MessagesRepository } from './messages.repository.js';
import type { HistoryStretch } from './messages.repository.js';
import { OwnReactions } from './reactions/own-reactions.js';

/** The messages of a chat, to read. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly access: ChatAccess,
    private readonly messages: MessagesRepository,
    private readonly profiles: Profiles,
    private readonly own: OwnReactions,
  ) {}

  /** A page of history, ascending by seq. */
  async list(caller: Caller, chatId: string, wanted: Partial<HistoryPage>): Promise<MessagePage> {
    await this.access.forMember(caller, chatId);
    const page = await this.read(chatId, wanted);
    return { ...page, items: [...(await this.own.mark(caller.userId, page.items, ({ id }) => id))] };
  }

  private async read(chatId: string, page: Partial<HistoryPage>): Promise<MessagePage> {
    const { around, ...wanted } = { ...page, limit: page.limit ?? limits.pageItemsDefault };
    if (around === undefined) return historyPage(await this.found(chatId, wanted), wanted);
    const [upToIt, behindIt] = await Promise.all([
      this.found(chatId, { ...wanted, before: around + 1 }),
      this.found(chatId, { ...wanted, after: around }),
    ]);
    return pageAround({ upToIt, behindIt }, wanted);
  }

  /** One more than is shown tells whether there are more. */
  private async found(chatId: string, stretch: HistoryStretch): Promise<Message[]> {
    const documents = await this.messages.page(chatId, { ...stretch, limit: stretch.limit + 1 });
    const senders = await this.profiles.all(documents.map((one) => one.senderId.toHexString()));
    return messageViews(documents, senders);
  }
}
