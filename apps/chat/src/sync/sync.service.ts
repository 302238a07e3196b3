import { Inject, Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { AnyChange, Change, ChatSync, Message, Position, ReplyOf } from '@roost/contract';
import type { Settings } from '@roost/settings';
import type { ActivityPlace } from '../access/chats.repository.js';
import type { OwnPlace } from '../access/own-places.repository.js';
import { fromCursor, toCursor } from '../kernel/moment-cursor.js';
import { ChatViews } from '../chats/chat-views.js';
import type { ShownChat } from '../chats/chat-views.js';
import { AnswerRoom, bytesOf } from '../kernel/answer-size.js';
import { batches } from '../kernel/batches.js';
import type { Caller } from '../kernel/caller.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { OwnLog } from '../own-log/own-log.js';
import { OwnReactions } from '../messages/reactions/own-reactions.js';
import { LogReader } from './log-reader.js';
import { OwnChats } from './own-chats.js';
import { LogPart, PageFiller } from './page-filler.js';

type Positions = Readonly<Record<string, Position>>;

/** States read at once. */
const statesAtOnce = 100;
/** As many times `SYNC_BEHIND_MAX` changes are counted, to see how many were not replaced. */
const replacedMax = 20;
const isHiddenAt = ({ hiddenSeq }: OwnPlace, head: number) => hiddenSeq !== undefined && head <= hiddenSeq;

/** What is wanted beside the chats that were named, and how much at once. */
interface Wish {
  readonly includeNew: boolean;
  /** New chats only after this place in the list of all. */
  readonly newAfter?: string | undefined;
  readonly maxBytes?: number | undefined;
  /** With what follows this place of the caller's own log. */
  readonly me?: { readonly rev: number } | undefined;
}

/** A chat of which the caller has missed no more than can be told entry by entry. */
interface Page {
  readonly place: OwnPlace;
  readonly head: Position;
  readonly messages: LogPart<Message>;
  readonly changes: LogPart<AnyChange>;
}

/** What is to be said of the chats that were asked for. */
interface Plan {
  readonly pages: ReadonlyMap<string, Page>;
  readonly resets: ReadonlySet<string>;
}

/** Tells a client what it has missed, from the logs of its chats. Any replica can, right after a restart. */
@Injectable()
export class SyncService {
  constructor(
    private readonly ownChats: OwnChats,
    private readonly reader: LogReader,
    private readonly filler: PageFiller,
    private readonly views: ChatViews,
    private readonly own: OwnReactions,
    private readonly ownLog: OwnLog,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * What the caller has missed of each chat since a position, and the chats that are new to them where they are wanted.
   * Memberships are read anew. Where an answer is full, the rest comes as `more` with the position unchanged.
   */
  async sync(caller: Caller, asked: Positions, wish: Wish): Promise<ReplyOf<'sync'>> {
    const { includeNew, newAfter, maxBytes: bytesMax = limits.answerBytes } = wish;
    const me = wish.me && (await this.ownLog.page(caller.userId, wish.me.rev, bytesMax / 2));
    const after = newAfter === undefined ? undefined : fromCursor(newAfter, 'newAfter');
    const own = await this.ownChats.of(caller, Object.keys(asked), includeNew);
    const heads = await this.reader.positionsOf([...own.asked.keys()]);
    const { pages, resets } = await this.planOf(asked, own.asked, heads);
    const chats: Record<string, ChatSync> = {};
    for (const [chatId, position] of Object.entries(asked)) {
      const place = pages.has(chatId) || resets.has(chatId) ? own.asked.get(chatId) : undefined;
      chats[chatId] = place ? later(position, place) : { gone: true };
    }
    const room = new AnswerRoom(bytesMax);
    room.reserve(bytesOf({ chats, me }));
    const parts = Array.from(pages.values(), ({ messages, changes }) => [messages, changes]).flat();
    await this.filler.fillWith(parts, room);
    for (const [chatId, page] of pages) chats[chatId] = pageOf(page);
    await this.reset(caller, [...resets], chats, room);
    const list = await this.addNew(caller, { others: own.others, after }, chats, room);
    const next = list.isMore && list.last ? toCursor(list.last) : newAfter;
    await this.markOwn(caller, chats);
    return { chats, ...(list.isMore && { more: true, ...(next !== undefined && { next }) }), ...(me && { me }) };
  }

  /** What was missed of one chat. */
  async syncChat(caller: Caller, chatId: string, position: Position): Promise<ChatSync> {
    const { chats } = await this.sync(caller, { [chatId]: position }, { includeNew: false });
    return chats[chatId] ?? { gone: true };
  }

  /** The logs are read for all alike; what a reaction says of the caller is not. */
  private async markOwn({ userId }: Caller, chats: Record<string, ChatSync>): Promise<void> {
    const told = Object.values(chats).flatMap(withReactions);
    const marked = await this.own.mark(userId, told, (one) => ('kind' in one ? one.messageId : one.id));
    if (marked === told) return;
    const byTold = new Map<object, Message | AnyChange>(told.map((one, index) => [one, marked[index]!]));
    const now = <One extends Message | AnyChange>(all: readonly One[]) =>
      all.map((one) => (byTold.get(one) as One | undefined) ?? one);
    for (const [chatId, answer] of Object.entries(chats)) {
      if (!('messages' in answer)) continue;
      const messages = now(answer.messages);
      chats[chatId] =
        'reset' in answer ? { ...answer, messages } : { ...answer, messages, changes: now(answer.changes) };
    }
  }

  private async planOf(
    asked: Positions,
    own: ReadonlyMap<string, OwnPlace>,
    heads: ReadonlyMap<string, Position>,
  ): Promise<Plan> {
    const { syncBehindMax } = this.settings;
    const missed = await this.missedChanges(asked, heads);
    const pages = new Map<string, Page>();
    const resets = new Set<string>();
    for (const [chatId, place] of own) {
      const [since, head] = [asked[chatId]!, heads.get(chatId)];
      if (!head || isHiddenAt(place, head.seq)) continue;
      const isAhead = since.seq > head.seq || since.rev > head.rev;
      const count = head.seq - since.seq + (missed.get(chatId) ?? head.rev - since.rev);
      if (isAhead || count > syncBehindMax) resets.add(chatId);
      else pages.set(chatId, newPage(place, since, head));
    }
    return { pages, resets };
  }

  /** How many changes are to be told of chats of which there were many: most may have been replaced by later ones. */
  private missedChanges(asked: Positions, heads: ReadonlyMap<string, Position>): Promise<ReadonlyMap<string, number>> {
    const { syncBehindMax } = this.settings;
    const ranges = [...heads].flatMap(([chatId, { seq, rev }]) => {
      const since = asked[chatId]!;
      const behind = rev - since.rev;
      const mayBeNear = seq - since.seq <= syncBehindMax && behind > syncBehindMax - Math.max(0, seq - since.seq);
      return mayBeNear && behind <= syncBehindMax * replacedMax ? [{ chatId, after: since.rev, upTo: rev }] : [];
    });
    return this.reader.countChanges(ranges);
  }

  /** Chats to begin anew with. Those that find no room are asked for again. */
  private async reset(
    caller: Caller,
    chatIds: readonly string[],
    chats: Record<string, ChatSync>,
    room: AnswerRoom,
  ): Promise<void> {
    for (const batch of batches(chatIds, statesAtOnce)) {
      if (room.isFull) return;
      const shown = await this.shownOf(caller, batch);
      const newest = new Map<string, LogPart<Message>>();
      for (const chatId of batch) {
        const one = shown.get(chatId);
        if (!one) chats[chatId] = { gone: true };
        else if (room.take(bytesOf(one.chat))) newest.set(chatId, newestOf(one));
      }
      await this.filler.fillWith([...newest.values()], room);
      for (const [chatId, { found }] of newest)
        chats[chatId] = { reset: true, chat: shown.get(chatId)!.chat, messages: found };
    }
  }

  private async shownOf(caller: Caller, chatIds: readonly string[]): Promise<ReadonlyMap<string, ShownChat>> {
    const { items } = await this.views.all(caller.userId, { chatIds, limit: chatIds.length, withMembers: true });
    return new Map(items.filter(({ isHidden }) => !isHidden).map((one) => [one.chat.id, one]));
  }

  /** The chats that the caller did not name, newest activity first. Whether there are more, and the place of the last one told. */
  private async addNew(
    caller: Caller,
    { others, after }: { readonly others: readonly OwnPlace[]; readonly after: ActivityPlace | undefined },
    chats: Record<string, ChatSync>,
    room: AnswerRoom,
  ): Promise<{ readonly isMore: boolean; readonly last?: ActivityPlace | undefined }> {
    if (others.length === 0) return { isMore: false };
    if (room.isFull) return { isMore: true };
    // Some of those that were put out of the list are there again, and who is not takes nobody's place.
    const perhapsHidden = others.filter(({ hiddenSeq }) => hiddenSeq !== undefined).length;
    const { items, next } = await this.views.all(caller.userId, {
      chatIds: others.map(({ chatId }) => chatId),
      limit: limits.syncNewChats + Math.min(perhapsHidden, limits.syncNewChats),
      withMembers: true,
      ...(after && { after }),
    });
    const shown = items.filter(({ isHidden }) => !isHidden);
    let last: ActivityPlace | undefined;
    for (const { chat, place } of shown.slice(0, limits.syncNewChats)) {
      if (!room.take(bytesOf(chat))) return { isMore: true, last };
      chats[chat.id] = { chat };
      last = place;
    }
    const isFull = shown.length > limits.syncNewChats;
    return { isMore: isFull || next !== undefined, last: isFull ? last : (next ?? last) };
  }
}

const newPage = (place: OwnPlace, since: Position, head: Position): Page => ({
  place,
  head,
  messages: new LogPart('messages', place.chatId, since.seq, head.seq, limits.syncPage),
  changes: new LogPart('changes', place.chatId, since.rev, head.rev, limits.syncPage),
});

function pageOf({ place: { readSeq }, head, messages, changes }: Page): ChatSync {
  const [seq, rev] = [messages.after, changes.after];
  return {
    seq,
    rev,
    readSeq,
    messages: messages.found,
    changes: changes.found,
    more: seq < head.seq || rev < head.rev,
  };
}

const newestOf = ({ chat: { id, lastSeq } }: ShownChat): LogPart<Message> =>
  new LogPart('messages', id, Math.max(0, lastSeq - limits.pageItemsDefault), lastSeq, limits.pageItemsDefault, true);

type Reacted = Extract<Change, { kind: 'message:reacted' }>;

const withReactions = (answer: ChatSync): readonly (Message | Reacted)[] => {
  if (!('messages' in answer)) return [];
  return 'changes' in answer ? [...answer.messages, ...answer.changes.filter(tellsReactions)] : answer.messages;
};

const tellsReactions = (change: AnyChange): change is Reacted =>
  change.kind === 'message:reacted' && !('opaque' in change);

/** Nothing of this chat in this answer: ask again from the same place. */
const later = (position: Position, { readSeq }: OwnPlace): ChatSync => ({
  ...position,
  readSeq,
  messages: [],
  changes: [],
  more: true,
});
