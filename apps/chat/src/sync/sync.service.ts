import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { ChatSync, Position } from '@roost/contract';
import { ChatViews } from '../chats/chat-views.js';
import { HiddenChats } from '../chats/hidden-chats.js';
import { messageViews } from '../messages/message.view.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { batches } from '../kernel/batches.js';
import type { Caller } from '../kernel/caller.js';
import { Profiles } from '../accounts/users/profiles.js';
import { CatchUpReader } from './catch-up-reader.js';
import { OwnChats } from './own-chats.js';
import type { Own } from './own-chats.js';

type Positions = Readonly<Record<string, Position>>;

/** Chats read at the same time for one caller: more would let one client take all connections to the store. */
const chatsAtOnce = 10;

/** Tells a client what it has missed, from the logs of its chats. Any replica can, right after a restart. */
@Injectable()
export class SyncService {
  constructor(
    private readonly ownChats: OwnChats,
    private readonly messages: MessagesRepository,
    private readonly views: ChatViews,
    private readonly hidden: HiddenChats,
    private readonly profiles: Profiles,
    private readonly logs: CatchUpReader,
  ) {}

  /**
   * What the caller has missed of each chat since a position, and the chats that are new to them where they are wanted.
   * Memberships are read anew. Where an answer is full, the rest comes as `more` with the position unchanged.
   */
  async sync(
    caller: Caller,
    positions: Positions,
    { includeNew }: { includeNew: boolean },
  ): Promise<Record<string, ChatSync>> {
    const own = await this.ownChats.all(caller);
    const answers: Record<string, ChatSync> = {};
    let room: number = limits.syncCharacters;
    for (const batch of batches(Object.entries(positions), chatsAtOnce)) {
      const synced = await Promise.all(
        batch.map(
          async ([chatId, position]) => [chatId, position, await this.syncOne(own.get(chatId), position)] as const,
        ),
      );
      for (const [chatId, position, answer] of synced) {
        answers[chatId] = room > 0 || !('messages' in answer) ? answer : later(position);
        room -= weightOf(answer);
      }
      if (room <= 0) break;
    }
    for (const [chatId, position] of Object.entries(positions)) {
      answers[chatId] ??= own.has(chatId) ? later(position) : { gone: true };
    }
    if (includeNew) Object.assign(answers, await this.newChats(own, positions));
    return this.withoutFormer(caller, answers);
  }

  /** Who was removed while a state was read would be told of a chat as new, after the removal and at a later rev. */
  private async withoutFormer(caller: Caller, answers: Record<string, ChatSync>): Promise<Record<string, ChatSync>> {
    const stateIds = Object.keys(answers).filter((chatId) => 'chat' in (answers[chatId] ?? {}));
    const present = stateIds.length > 0 ? new Set(await this.ownChats.ids(caller)) : undefined;
    for (const chatId of stateIds) if (!present?.has(chatId)) answers[chatId] = { gone: true };
    return answers;
  }

  /** What was missed of one chat. @throws ChatError chat/access_denied */
  async syncChat(caller: Caller, chatId: string, position: Position): Promise<ChatSync> {
    return this.syncOne(await this.ownChats.one(caller, chatId), position);
  }

  private async syncOne(own: Own | undefined, position: Position): Promise<ChatSync> {
    if (!own || (await this.hidden.isHidden(own.member))) return { gone: true };
    const chatId = own.chat._id.toHexString();
    const missed = await this.logs.after(chatId, position);
    if (missed.kind === 'reset') return this.reset(own);
    const { messages, changes, more } = missed;
    return {
      seq: messages.at(-1)?.seq ?? position.seq,
      rev: changes.at(-1)?.rev ?? position.rev,
      messages: await this.show(messages),
      changes: [...changes],
      more,
    };
  }

  private async reset({ member }: Own): Promise<ChatSync> {
    const view = await this.views.of(member, { withMembers: true });
    if (!view) return { gone: true };
    const messages = await this.messages.newest(view.id, limits.pageItemsDefault);
    return { reset: true, chat: view, messages: await this.show(messages) };
  }

  private async show(messages: Parameters<typeof messageViews>[0]) {
    const senders = await this.profiles.all(messages.map((one) => one.senderId.toHexString()));
    return messageViews(messages, senders);
  }

  /** Those the caller did not name, newest activity first. */
  private async newChats(own: Map<string, Own>, positions: Positions): Promise<Record<string, ChatSync>> {
    const newest = [...own.entries()]
      .filter(([chatId]) => !Object.hasOwn(positions, chatId))
      .map(([, chat]) => chat)
      .toSorted((a, b) => b.chat.lastActivityAt.getTime() - a.chat.lastActivityAt.getTime());
    const answers: Record<string, ChatSync> = {};
    let room: number = limits.syncNewChats;
    for (const { member } of newest) {
      if (room === 0) break;
      if (await this.hidden.isHidden(member)) continue;
      const chat = await this.views.of(member, { withMembers: true });
      if (!chat) continue;
      answers[chat.id] = { chat };
      room--;
    }
    return answers;
  }
}

/** Nothing of this chat in this answer: ask again from the same place. */
const later = (position: Position): ChatSync => ({ ...position, messages: [], changes: [], more: true });

/** Characters of a message beside its text. */
const messageOverhead = 300;

const weightOf = (answer: ChatSync): number =>
  'messages' in answer ? answer.messages.reduce((sum, { text }) => sum + text.length + messageOverhead, 0) : 0;
