import { Injectable } from '@nestjs/common';
import type { Chat } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import type { Caller } from '../kernel/caller.js';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { ChatViews } from './chat-views.js';
import { HiddenChats } from './hidden-chats.js';
import { refuseDirect } from './refuse-direct.js';

/** Changes a chat that is there, and ends it. */
@Injectable()
export class ChatEditingService {
  constructor(
    private readonly access: ChatAccess,
    private readonly views: ChatViews,
    private readonly hidden: HiddenChats,
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
  ) {}

  /** Changes the title. @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed */
  async update(caller: Caller, chatId: string, title: string): Promise<Chat> {
    refuseDirect(await this.access.forMember(caller, chatId));
    await this.access.forMember(caller, chatId, 'change settings');
    const kind = 'chat:updated';
    const change = await this.changes.make({ chatId, by: caller.userId, kind, body: { title } });
    await this.teller.tell(change);
    return this.views.forUser(caller.userId, chatId);
  }

  /**
   * Deletes a chat for everyone; a direct chat is hidden from the caller's list, and the other keeps it.
   *
   * @throws ChatError chat/access_denied, chat/role_required
   */
  async delete(caller: Caller, chatId: string): Promise<void> {
    const { type } = await this.access.forMember(caller, chatId);
    if (type === 'direct') return this.hidden.hide(caller, chatId);
    await this.access.forMember(caller, chatId, 'delete chat');
    const kind = 'chat:deleted';
    const change = await this.changes.make({ chatId, by: caller.userId, kind, body: {} });
    await this.teller.tell(change);
  }
}
