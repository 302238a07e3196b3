import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Chat, ChatSettingsWish } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { ChatsRepository } from '../access/chats.repository.js';
import { settingsOf } from '../access/roles.js';
import type { Caller } from '../kernel/caller.js';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { mutationOf } from '../logs/mutations.js';
import type { Named } from '../logs/mutations.js';
import { stateOf, untilDecided } from '../logs/overtaken.js';
import { ChatViews } from './chat-views.js';
import { HiddenChats } from './hidden-chats.js';
import { refuseDirect } from './refuse-direct.js';

/** What is to be so from now on. */
interface Wish {
  readonly title?: string | undefined;
  readonly settings?: ChatSettingsWish | undefined;
}

/** The same, and what its client calls the change. */
type Update = Named & Wish;

const kind = 'chat:updated';

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
   * Changes the title, or settings, or both. Where all is so already, or the change was made before, nothing changes.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed, request/mutation_id_reused
   */
  update(caller: Caller, chatId: string, update: Update): Promise<Chat> {
    return untilDecided(() => this.updateAsItIs(caller, chatId, update));
  }

  private async updateAsItIs(caller: Caller, chatId: string, { title, settings, ...named }: Update): Promise<Chat> {
    refuseDirect(await this.access.forMember(caller, chatId));
    const mutation = mutationOf(caller.userId, named);
    const body = { ...(title !== undefined && { title }), ...settings };
    if (!(await this.changes.wasMade(chatId, mutation, { kind, body })))
      await this.change(caller, chatId, { title, settings }, mutation);
    return this.views.forUser(caller.userId, chatId);
  }

  /** Of two who change different settings at once, the second changes what the first has made. */
  private async change(
    caller: Caller,
    chatId: string,
    { title, settings: wish }: Wish,
    mutation: string | undefined,
  ): Promise<void> {
    if (title !== undefined) await this.access.forMember(caller, chatId, 'change title');
    if (wish) await this.access.forMember(caller, chatId, 'change settings');
    const chat = await this.chats.byId(chatId);
    if (!chat) throw new ChatError('chat/access_denied');
    const before = { title: chat.title, ...settingsOf(chat) };
    const body = { ...(title !== undefined && { title }), ...(wish && { ...settingsOf(chat), ...wish }) };
    const fields = Object.keys(body) as (keyof typeof body)[];
    if (fields.every((field) => body[field] === before[field])) return;
    const ends = [
      ...(title === undefined ? [] : [stateOf('title', chatId, chat.titleRev)]),
      ...(wish ? [stateOf('settings', chatId, chat.settingsRev)] : []),
    ];
    await this.teller.tell(await this.changes.make({ chatId, by: caller.userId, kind, body, ends, mutation }));
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
    const deletion = { chatId, by: caller.userId, kind: 'chat:deleted', body: {}, ends } as const;
    await this.teller.tell(await this.changes.make(deletion));
  }
}
