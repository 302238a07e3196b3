import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { Chat, ChatDraft } from '@roost/contract';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { MembersRepository } from '../access/members.repository.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import type { Caller } from '../kernel/caller.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { requireUsers } from '../accounts/users/require-users.js';
import { Profiles } from '../accounts/users/profiles.js';
import { ChatAccess } from '../access/chat-access.js';
import { fromCursor, toCursor } from './chat-cursor.js';
import { HiddenChats } from './hidden-chats.js';
import { newChat } from './new-chat.js';
import { ChatViews } from './chat-views.js';
import { ChatsRepository } from '../access/chats.repository.js';

/** A chat that was asked for: made now, or there already. */
export interface OpenedChat {
  readonly chat: Chat;
  readonly created: boolean;
}

@Injectable()
export class ChatsService {
  constructor(
    private readonly access: ChatAccess,
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly views: ChatViews,
    private readonly hidden: HiddenChats,
    private readonly profiles: Profiles,
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
    private readonly clusterEvents: ClusterEvents,
    private readonly broadcaster: Broadcaster,
  ) {}

  /**
   * Creates a chat that the caller owns, or opens the direct chat of two people, which exists once however many open
   * it at once.
   *
   * @throws ChatError request/invalid (a direct chat with oneself), user/unknown
   */
  async create(caller: Caller, draft: ChatDraft): Promise<OpenedChat> {
    const others = [...new Set(draft.memberIds)].filter((userId) => userId !== caller.userId);
    if (draft.type === 'direct' && others.length === 0) throw directWithOneself();
    await requireUsers(this.profiles, others);
    const { chat, members } = newChat(caller.userId, others, draft);
    const existing = chat.directKey === undefined ? null : await this.chats.byDirectKey(chat.directKey);
    if (existing) return this.reopen(caller, existing._id.toHexString());
    // Members first: the chat is there, whole, at the instant its own document is.
    await this.members.insertAll(members);
    if (!(await this.chats.insert(chat))) return this.openRaced(caller, chat._id.toHexString(), chat.directKey);
    return { chat: await this.announce(caller, chat._id.toHexString(), others), created: true };
  }

  /** One chat with its people. @throws ChatError chat/access_denied */
  async get(caller: Caller, chatId: string): Promise<Chat> {
    await this.access.forMember(caller, chatId);
    return this.show(caller, chatId);
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

  /** Changes the title. @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed */
  async update(caller: Caller, chatId: string, title: string): Promise<Chat> {
    const { type } = await this.access.forMember(caller, chatId);
    if (type === 'direct') throw new ChatError('chat/direct_fixed');
    await this.access.forMember(caller, chatId, 'change settings');
    const kind = 'chat:updated';
    const change = await this.changes.make({ chatId, by: caller.userId, kind, body: { title } });
    await this.teller.tell(change);
    return this.show(caller, chatId);
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

  /** Somebody opened the same direct chat at the same time and was faster. */
  private async openRaced(caller: Caller, ownId: string, directKey: string | undefined): Promise<OpenedChat> {
    await this.members.removeAll(ownId);
    const winner = directKey === undefined ? null : await this.chats.byDirectKey(directKey);
    if (!winner) throw new ChatError('store/unavailable');
    return this.reopen(caller, winner._id.toHexString());
  }

  /** A direct chat that is there already. Who had hidden it has it in the list again, on all their devices. */
  private async reopen(caller: Caller, chatId: string): Promise<OpenedChat> {
    const chat = await this.show(caller, chatId);
    const member = await this.members.find(chatId, caller.userId);
    if (member?.hiddenSeq !== undefined && (await this.members.unhide(member._id)))
      this.broadcaster.toUser(caller.userId, 'chat:created', chat);
    return { chat, created: false };
  }

  /** Brings the sockets of all members into the room, then tells them: each sees the chat with its own role. */
  private async announce(caller: Caller, chatId: string, others: readonly string[]): Promise<Chat> {
    const chat = await this.show(caller, chatId);
    const joined = [caller.userId, ...others];
    const revs = Object.fromEntries(joined.map((userId) => [userId, 0]));
    await this.clusterEvents.emitAndWait('membership:changed', { chatId, joined, left: [], revs });
    this.broadcaster.toUser(caller.userId, 'chat:created', chat);
    this.broadcaster.toUsers(others, 'chat:created', { ...chat, role: 'member' });
    return chat;
  }

  private async show(caller: Caller, chatId: string): Promise<Chat> {
    const member = await this.members.find(chatId, caller.userId);
    const chat = member && (await this.views.of(member, { withMembers: true }));
    if (!chat) throw new ChatError('chat/access_denied');
    return chat;
  }
}

const directWithOneself = () =>
  new ChatError('request/invalid', { details: [{ path: 'memberIds', message: 'must name another person' }] });
