import type { AnyChange, Change, Chat, ChatSync, Message, Position, User } from '@roost/contract';
import { applyToChat, applyToMessage, countedAfter, isCountable, isKnown, withNewest } from './apply.js';
import type { Asked, HistoryPage } from './events.js';
import { withSenders } from './reading.js';
import { findMessage, grown, messageAt, segmentAt, within, withMessage, withSegment } from './segments.js';
import { patched, share } from './share.js';
import type { ChatState, Early, Range, Segment } from './state.js';

/** A page of `sync`: what follows a position. */
export type SyncPage = Extract<ChatSync, { readonly more: boolean }>;

/** Whose view of a chat it is, and how much of it is kept. */
export interface Viewer {
  readonly userId: string;
  readonly messagesPerChat: number;
}

/** On either side of what somebody looks at, as many times as much is kept as of a chat that nobody looks at. */
const aroundLook = 5;

/**
 * A chat as it was when it was read, with the messages that were read with it.
 *
 * @param epoch another one than any chat had before
 */
export function opened(
  chat: Chat,
  messages: readonly Message[],
  viewer: Viewer,
  epoch: number,
  before?: ChatState,
): ChatState {
  // The messages were read after the chat, and may be more.
  const newer = messages.filter(({ seq }) => seq > chat.lastSeq);
  const now = newer.reduce((one, message) => withNewest(one, message, viewer.userId), chat);
  const kept = messages.slice(-viewer.messagesPerChat);
  const began: ChatState = {
    ...countedWith(kept, share(before?.chat, now)),
    segments: share(before?.segments, [{ from: kept[0]?.seq ?? now.lastSeq + 1, to: now.lastSeq, messages: kept }]),
    head: { seq: 0, rev: 0 },
    earlyMessages: before?.earlyMessages ?? {},
    earlyChanges: before?.earlyChanges ?? {},
    changesOfAbsent: {},
    receipts: before?.receipts ?? {},
    reads: 0,
    epoch,
  };
  const expected = expect(began, before ? furthest(before.head, positionOf(began)) : positionOf(began));
  return advance(expected, viewer);
}

/** What is unread of these messages, which were read after the chat: some may have been deleted in between. */
function countedWith(messages: readonly Message[], chat: Chat): Pick<ChatState, 'chat' | 'isUncounted'> {
  if (isCountable(chat, chat.readSeq, messages))
    return { chat: patched(chat, { unreadCount: countedAfter(messages, chat.readSeq) }) };
  const isUncounted = messages.some(({ seq, deletedAt }) => seq > chat.readSeq && deletedAt !== undefined);
  return { chat, ...(isUncounted && { isUncounted }) };
}

/** The last message and the last change before which nothing is missing. */
export const positionOf = ({ chat }: ChatState): Position => ({ seq: chat.lastSeq, rev: chat.rev });

/** Whether something is known to exist that is not here. */
export const isBehind = ({ chat, head }: ChatState): boolean => head.seq > chat.lastSeq || head.rev > chat.rev;

/** The server is at least here. */
export function expect(state: ChatState, position: Position): ChatState {
  const head = furthest(state.head, position);
  return head.seq === state.head.seq && head.rev === state.head.rev ? state : { ...state, head };
}

export function withMessageHeard(state: ChatState, message: Message, viewer: Viewer): ChatState {
  const isNext = message.seq === state.chat.lastSeq + 1 && Object.keys(state.earlyMessages).length === 0;
  // Nearly all are: they need no place among those that wait for their turn.
  if (!isNext) return heard(state, { messages: [message], changes: [] }, viewer);
  const head = state.head.seq < message.seq ? { seq: message.seq, rev: state.head.rev } : state.head;
  return bounded(forgetAbsent({ ...withSaid(state, [message], message.seq, viewer), head }), viewer);
}

export function withChangeHeard(state: ChatState, change: AnyChange, viewer: Viewer): ChatState {
  return heard(state, { messages: [], changes: [change] }, viewer);
}

/**
 * With what `sync` says that follows `since`. It is all there is up to its own position: a place without an entry is not
 * there. Where the state began anew meanwhile, at a place before `since`, it says nothing of what lies between.
 */
export function withSyncPage(state: ChatState, page: SyncPage, since: Position, viewer: Viewer): ChatState {
  const completeTo = {
    seq: since.seq <= state.chat.lastSeq ? page.seq : 0,
    rev: since.rev <= state.chat.rev ? page.rev : 0,
  };
  return heard(expect(state, page), page, viewer, completeTo);
}

/** With a page of history. Changes that came meanwhile are applied to it. */
function withHistory(state: ChatState, asked: Asked, page: HistoryPage, viewer: Viewer): ChatState {
  const { from, to } = covered(asked, page);
  // What is newer than the chat is here comes with all that was changed by then.
  const end = Math.min(to, state.chat.lastSeq);
  if (from > end) return state;
  const items = page.items.filter(({ seq }) => seq <= end);
  const messages = items.map((message) => upToDate(state, message));
  const segments = withSegment(state.segments, { from, to: end, messages });
  return bounded(patched(state, { segments }), viewer);
}

/** Somebody looks at these places; at the end, where it says nothing. */
export function lookedAt(state: ChatState, at: Range | undefined, viewer: Viewer): ChatState {
  return bounded(patched(state, { looking: share(state.looking, at) }), viewer);
}

/** With another version of a message, where that is here. */
export function withMessageChanged(state: ChatState, id: string, change: (message: Message) => Message): ChatState {
  const message = findMessage(state.segments, id);
  if (!message || message.deletedAt !== undefined) return state;
  const next = change(message);
  if (next === message) return state;
  const { lastMessage } = state.chat;
  const chat = lastMessage?.id === id ? patched(state.chat, { lastMessage: change(lastMessage) }) : state.chat;
  return { ...state, chat, segments: withMessage(state.segments, next) };
}

/** A person is shown as they are now wherever they were shown as they were. */
export function withProfile(state: ChatState, now: User): ChatState {
  const shown = (user: User): User => (user.id === now.id && isNewer(now, user) ? now : user);
  const spoken = (message: Message): Message => patched(message, { sender: shown(message.sender) });
  const { lastMessage, members } = state.chat;
  const chat = patched(state.chat, {
    ...(lastMessage && { lastMessage: spoken(lastMessage) }),
    ...(members && { members: alike(members, members.map(shown)) }),
  });
  const segments = state.segments.map((segment) =>
    patched(segment, { messages: alike(segment.messages, segment.messages.map(spoken)) }),
  );
  return patched(state, { chat, segments: alike(state.segments, segments) });
}

/** Of two states of a person, whether the first is the newer one. */
export const isNewer = ({ profileRev = 0 }: User, { profileRev: other = 0 }: User): boolean => profileRev > other;

/** The list before, where the next one has the very same entries. */
const alike = <One>(before: readonly One[], next: One[]): One[] =>
  next.every((one, index) => one === before[index]) ? (before as One[]) : next;

/** One page of history more is on its way. */
export function reading(state: ChatState): ChatState {
  return { ...state, reads: state.reads + 1 };
}

/** It came, or will not. One that was asked for before this began anew is of no use. */
export function read(state: ChatState, asked: Asked, page: HistoryPage | undefined, viewer: Viewer): ChatState {
  if (asked.epoch !== state.epoch) return state;
  const shown = page ? withHistory(state, asked, page, viewer) : state;
  return forgetAbsent({ ...shown, reads: shown.reads - 1 });
}

interface Entries {
  readonly messages: readonly Message[];
  readonly changes: readonly AnyChange[];
}

function heard(state: ChatState, { messages, changes }: Entries, viewer: Viewer, completeTo?: Position): ChatState {
  const earlyMessages = withEarly(state.earlyMessages, state.chat.lastSeq, messages, ({ seq }) => seq);
  const earlyChanges = withEarly(state.earlyChanges, state.chat.rev, changes, ({ rev }) => rev);
  const told = patched(state, { earlyMessages, earlyChanges });
  const head = { seq: messages.at(-1)?.seq ?? 0, rev: changes.at(-1)?.rev ?? 0 };
  return advance(expect(told, head), viewer, completeTo);
}

function withEarly<Entry>(
  early: Early<Entry>,
  reached: number,
  entries: readonly Entry[],
  placeOf: (entry: Entry) => number,
): Early<Entry> {
  if (entries.length === 0) return early;
  const fresh = entries.filter((entry) => placeOf(entry) > reached && !Object.hasOwn(early, placeOf(entry)));
  if (fresh.length === 0) return early;
  const all: Record<number, Entry> = { ...early };
  for (const entry of fresh) all[placeOf(entry)] = entry;
  return all;
}

/** The entries whose turn has come, where that leads, and those that wait on. Places up to `completeTo` are passed over where they are empty. */
function ready<Entry>(early: Early<Entry>, reached: number, completeTo = 0) {
  const turn: Entry[] = [];
  const waiting: Record<number, Entry> = {};
  // Numbered keys of an object come in ascending order.
  for (const [key, entry] of Object.entries(early)) {
    const place = Number(key);
    if (place > Math.max(reached, completeTo) + 1) waiting[place] = entry;
    else if (place > reached) {
      turn.push(entry);
      reached = place;
    }
  }
  return { turn, reached: Math.max(reached, completeTo), waiting };
}

function advance(state: ChatState, viewer: Viewer, completeTo?: Position): ChatState {
  const messages = ready(state.earlyMessages, state.chat.lastSeq, completeTo?.seq);
  const changes = ready(state.earlyChanges, state.chat.rev, completeTo?.rev);
  if (messages.reached === state.chat.lastSeq && changes.reached === state.chat.rev) return state;
  const said = withSaid(state, messages.turn, messages.reached, viewer);
  const next: ChatState = { ...said, earlyMessages: messages.waiting, earlyChanges: changes.waiting };
  // A kind that only a newer server knows takes its place, and that is all.
  const changed = changes.turn.filter(isKnown).reduce((one, change) => withChange(one, change, viewer), next);
  const complete = { ...changed, chat: patched(changed.chat, { rev: changes.reached }) };
  return bounded(forgetAbsent(complete), viewer);
}

/** With the messages that follow, up to this place. */
function withSaid(state: ChatState, messages: readonly Message[], reached: number, { userId }: Viewer): ChatState {
  const fresh = messages.map((message) => upToDate(state, message));
  const said = fresh.reduce((chat, message) => withNewest(chat, message, userId), state.chat);
  return {
    ...state,
    chat: said.lastSeq === reached ? said : { ...said, lastSeq: reached },
    segments: grown(state.segments, fresh, reached),
    receipts: withSenders(state.receipts, fresh),
  };
}

function withChange(state: ChatState, change: Change, { userId }: Viewer): ChatState {
  const target = changedMessage(change);
  const before = target && messageAt(state.segments, target.seq);
  const after = before && applyToMessage(before, change);
  const messages = state.segments.at(-1)?.messages ?? [];
  const segments = after && after !== before ? withMessage(state.segments, after) : state.segments;
  const chat = applyToChat(state.chat, change, { before, after, messages, userId });
  // What is here may be let go before a page comes that was read before this.
  const isNeeded = target && (!before || state.reads > 0);
  const changesOfAbsent = isNeeded ? withAbsent(state, target.id, change) : state.changesOfAbsent;
  // The count that is here may have been made just after the change: only the server knows.
  const isGuess = !before && target !== undefined && chat.unreadCount !== state.chat.unreadCount;
  return { ...state, chat, segments, changesOfAbsent, ...(isGuess && { isUncounted: true }) };
}

const withAbsent = ({ changesOfAbsent }: ChatState, id: string, change: Change): ChatState['changesOfAbsent'] => ({
  ...changesOfAbsent,
  [id]: [...(changesOfAbsent[id] ?? []), change],
});

/** What was said of messages is needed for those that are still to come, and for pages being read. */
function forgetAbsent(state: ChatState): ChatState {
  if (state.reads > 0) return state;
  const all = Object.entries(state.changesOfAbsent);
  const needed = all.filter(([, [change]]) => change && (changedMessage(change)?.seq ?? 0) > state.chat.lastSeq);
  return needed.length === all.length ? state : { ...state, changesOfAbsent: Object.fromEntries(needed) };
}

const upToDate = ({ changesOfAbsent }: ChatState, message: Message): Message =>
  (changesOfAbsent[message.id] ?? []).reduce(applyToMessage, message);

/** Lets go of what is far from the end and from what somebody looks at. */
function bounded(state: ChatState, { messagesPerChat }: Viewer): ChatState {
  const { looking, segments } = state;
  const last = segments.at(-1);
  if (!last) return state;
  // By count, for places may be empty.
  const isLong = last.messages.length > messagesPerChat;
  if (!isLong && !looking && segments.length === 1) return state;
  const end = { from: isLong ? last.messages.at(-messagesPerChat)!.seq : last.from, to: last.to };
  if (!looking) return patched(state, { segments: within(segments, [end]) });
  const reach = aroundLook * messagesPerChat;
  const around = { from: looking.from - reach, to: looking.to + reach };
  const isOne = around.to >= end.from - 1;
  const ranges = isOne ? [{ from: Math.min(around.from, end.from), to: end.to }] : [around, end];
  return patched(state, { segments: within(segments, ranges) });
}

/** The places that a page speaks for. */
function covered(asked: Asked, { items, moreBefore, moreAfter }: HistoryPage): Range {
  const [first, last] = [items[0]?.seq, items.at(-1)?.seq];
  const end = Math.max(asked.lastSeq, last ?? 0);
  if ('before' in asked) return { from: moreBefore ? (first ?? asked.before) : 1, to: asked.before - 1 };
  if ('after' in asked) return { from: asked.after + 1, to: moreAfter ? (last ?? asked.after) : end };
  if (first === undefined || last === undefined) return { from: 1, to: 0 };
  return { from: moreBefore ? first : 1, to: moreAfter ? last : end };
}

function furthest(one: Position, other: Position): Position {
  return { seq: Math.max(one.seq, other.seq), rev: Math.max(one.rev, other.rev) };
}

function changedMessage(change: Change): { readonly id: string; readonly seq: number } | undefined {
  if (change.kind === 'message:edited') return change.message;
  if (change.kind === 'message:deleted' || change.kind === 'message:reacted')
    return { id: change.messageId, seq: change.seq };
  return undefined;
}

/** The part of a chat that somebody looks at: without holes, and the end where nobody says anything else. */
export function shownSegment({ chat, segments, looking }: ChatState): Segment {
  const looked = looking && (segmentAt(segments, looking.from) ?? segmentAt(segments, looking.to));
  return looked ?? segments.at(-1) ?? { from: chat.lastSeq + 1, to: chat.lastSeq, messages: [] };
}
