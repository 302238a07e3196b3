import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Chat } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { ChatsRepository } from '../access/chats.repository.js';
import type { Caller } from '../kernel/caller.js';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { mutationOf } from '../logs/mutations.js';
import type { Named } from '../logs/mutations.js';
import { stateOf, untilDecided } from '../logs/overtaken.js';
import { ChatViews } from './chat-views.js';
import { HiddenChats } from './hidden-chats.js';
import { refuseDirect } from './refuse-direct.js';

/** A new title, and what its client calls the change. */
type Update = Named & { readonly title: string };

/** Changes a chat that is there, and ends it. */
@Injectable()
export class ChatEditingService {
  constructor(
    private readonly access: ChatAccess,
    private readonly chats: ChatsRepository,
    private readonly views: ChatViews,
    private readonly hidden: HiddenChats,
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
  ) {}

  /**
   * Changes the title. Where it is so already, or the change was made before, nothing changes.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed, request/mutation_id_reused
   */
  update(caller: Caller, chatId: string, update: Update): Promise<Chat> {
    return untilDecided(() => this.updateAsItIs(caller, chatId, update));
  }

  private async updateAsItIs(caller: Caller, chatId: string, { title, ...named }: Update): Promise<Chat> {
    refuseDirect(await this.access.forMember(caller, chatId));
    const [kind, body] = ['chat:updated', { title }] as const;
    const mutation = mutationOf(caller.userId, named);
    if (!(await this.changes.wasMade(chatId, mutation, { kind, body }))) {
      await this.access.forMember(caller, chatId, 'change settings');
      const chat = await this.chats.byId(chatId);
      if (!chat) throw new ChatError('chat/access_denied');
      const ends = stateOf('title', chatId, chat.titleRev);
      if (chat.title !== title)
        await this.teller.tell(await this.changes.make({ chatId, by: caller.userId, kind, body, ends, mutation }));
    }
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
    await untilDecided(() => this.deleteAsItIs(caller, chatId));
  }

  /** By who owns it at that moment: a hand-over that comes first is seen. */
  private async deleteAsItIs(caller: Caller, chatId: string): Promise<void> {
    const chat = await this.chats.byId(chatId);
    await this.access.forMember(caller, chatId, 'delete chat');
    const ends = stateOf('roles', chatId, chat?.rolesRev);
    const kind = 'chat:deleted';
    await this.teller.tell(await this.changes.make({ chatId, by: caller.userId, kind, body: {}, ends }));
  }
}
