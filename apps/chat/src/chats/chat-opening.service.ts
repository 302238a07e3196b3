import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Chat, ChatDraft } from '@roost/contract';
import type { ChatDocument } from '../access/chat.schema.js';
import { ChatsRepository } from '../access/chats.repository.js';
import { MembersRepository } from '../access/members.repository.js';
import { Profiles } from '../accounts/users/profiles.js';
import { requireUsers } from '../accounts/users/require-users.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import type { Caller } from '../kernel/caller.js';
import { requireSame } from '../logs/mutations.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import { ChatViews } from './chat-views.js';
import { newChat } from './new-chat.js';

/** A chat that was asked for: made now, or there already. */
export interface OpenedChat {
  readonly chat: Chat;
  readonly created: boolean;
}

/** Creates chats; of two people there is one direct chat, which is opened where it is there already. */
@Injectable()
export class ChatOpeningService {
  constructor(
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly views: ChatViews,
    private readonly profiles: Profiles,
    private readonly clusterEvents: ClusterEvents,
    private readonly broadcaster: Broadcaster,
  ) {}

  /**
   * Creates a chat that the caller owns, or opens the direct chat of two people, which exists once however many open
   * it at once. Under a name that was used before it is what was created then.
   *
   * @throws ChatError request/invalid (a direct chat with oneself), user/unknown, request/mutation_id_reused, chat/access_denied
   * (it was deleted since)
   */
  async create(caller: Caller, draft: ChatDraft): Promise<OpenedChat> {
    const others = [...new Set(draft.memberIds)].filter((userId) => userId !== caller.userId);
    if (draft.type === 'direct' && others.length === 0) throw directWithOneself();
    await requireUsers(this.profiles, others);
    const { chat, members } = newChat(caller.userId, others, draft);
    const existing = await this.existing(chat);
    if (existing) return this.reopen(caller, existing._id.toHexString());
    // Members first: the chat is there, whole, at the instant its own document is.
    await this.members.insertAll(members);
    if (!(await this.chats.insert(chat))) return this.openRaced(caller, chat);
    return { chat: await this.announce(caller, chat._id.toHexString(), others), created: true };
  }

  /** The direct chat of these two, or what was created under the same name. */
  private async existing({ directKey, mutation, draftHash }: ChatDocument): Promise<ChatDocument | null> {
    if (directKey !== undefined) return this.chats.byDirectKey(directKey);
    const existing = mutation === undefined ? null : await this.chats.byMutation(mutation);
    if (existing) requireSame(existing.draftHash === draftHash);
    if (existing?.isDeleted) throw new ChatError('chat/access_denied');
    return existing;
  }

  /** It was asked for at the same time, and somebody was faster. */
  private async openRaced(caller: Caller, own: ChatDocument): Promise<OpenedChat> {
    await this.members.removeAll(own._id.toHexString());
    const winner = await this.existing(own);
    if (!winner) throw new ChatError('store/unavailable');
    return this.reopen(caller, winner._id.toHexString());
  }

  /** A chat that is there already. Who had hidden it, a direct one, has it in the list again, on all their devices. */
  private async reopen(caller: Caller, chatId: string): Promise<OpenedChat> {
    const chat = await this.views.forUser(caller.userId, chatId);
    const member = await this.members.find(chatId, caller.userId);
    if (member?.hiddenSeq !== undefined && (await this.members.unhide(member._id)))
      this.broadcaster.toUser(caller.userId, 'chat:created', chat);
    return { chat, created: false };
  }

  /** Brings the sockets of all members into the room, then tells them: each sees the chat with its own role. */
  private async announce(caller: Caller, chatId: string, others: readonly string[]): Promise<Chat> {
    const chat = await this.views.forUser(caller.userId, chatId);
    const joined = [caller.userId, ...others];
    const revs = Object.fromEntries(joined.map((userId) => [userId, 0]));
    await this.clusterEvents.emitAndWait('membership:changed', { chatId, joined, left: [], revs });
    this.broadcaster.toUser(caller.userId, 'chat:created', chat);
    this.broadcaster.toUsers(others, 'chat:created', { ...chat, role: 'member' });
    return chat;
  }
}

const directWithOneself = () =>
  new ChatError('request/invalid', { details: [{ path: 'memberIds', message: 'must name another person' }] });
