import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { Chat } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { ChatsRepository } from '../access/chats.repository.js';
import { MembersRepository } from '../access/members.repository.js';
import type { Caller } from '../kernel/caller.js';
import { fromCursor, toCursor } from './chat-cursor.js';
import { ChatViews } from './chat-views.js';
import { HiddenChats } from './hidden-chats.js';

/** The caller's chats, to read. */
@Injectable()
export class ChatsService {
  constructor(
    private readonly access: ChatAccess,
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly views: ChatViews,
    private readonly hidden: HiddenChats,
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
    const memberships = await this.members.ofUser(caller.userId);
    const byChat = new Map(memberships.map((member) => [member.chatId.toHexString(), member]));
    const chats = await this.chats.page(
      [...byChat.keys()],
      cursor === undefined ? undefined : fromCursor(cursor),
      limit,
    );
    const shown = await Promise.all(
      chats.map(async (chat) => {
        const member = byChat.get(chat._id.toHexString());
        if (!member || (await this.hidden.isHidden(member))) return undefined;
        return this.views.of(member, { withMembers: false });
      }),
    );
    const last = chats.length === limit ? chats.at(-1) : undefined;
    const items = shown.filter((chat) => chat !== undefined);
    return { items, ...(last && { next: toCursor({ at: last.lastActivityAt, id: last._id.toHexString() }) }) };
  }
}
