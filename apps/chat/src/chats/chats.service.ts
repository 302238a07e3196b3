import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { Chat } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { OwnPlacesRepository } from '../access/own-places.repository.js';
import { fittingIn } from '../kernel/answer-size.js';
import type { Caller } from '../kernel/caller.js';
import { fromCursor, toCursor } from '../kernel/moment-cursor.js';
import { ChatViews } from './chat-views.js';

/** The caller's chats, to read. */
@Injectable()
export class ChatsService {
  constructor(
    private readonly access: ChatAccess,
    private readonly own: OwnPlacesRepository,
    private readonly views: ChatViews,
  ) {}

  /** One chat with its people. @throws ChatError chat/access_denied */
  async get(caller: Caller, chatId: string): Promise<Chat> {
    await this.access.forMember(caller, chatId);
    return this.views.forUser(caller.userId, chatId);
  }

  /** The caller's chats, newest activity first. @throws ChatError request/invalid for a wrong cursor */
  async list(
    caller: Caller,
    cursor?: string,
    limit: number = limits.pageItemsDefault,
  ): Promise<{ items: Chat[]; next?: string }> {
    const { items, next } = await this.views.all(caller.userId, {
      chatIds: await this.own.chatIdsOf(caller.userId),
      limit,
      ...(cursor !== undefined && { after: fromCursor(cursor) }),
      withMembers: false,
    });
    const shown = items.filter(({ isHidden }) => !isHidden);
    const fitting = fittingIn(limits.answerBytes, shown, ({ chat }) => chat);
    const rest = fitting.length < shown.length ? fitting.at(-1)?.place : next;
    return { items: fitting.map(({ chat }) => chat), ...(rest && { next: toCursor(rest) }) };
  }
}
