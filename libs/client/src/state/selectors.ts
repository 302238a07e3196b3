import type { Chat, ChatMarks, Message, Position, Receipt } from '@roost/contract';
import type { PendingChange, PendingMessage } from '../outbox/entry.js';
import { positionOf, shownSegment } from './chat.js';
import { marksWished } from './own.js';
import type { Written } from './own.js';
import { chatShown, withChangesShown } from './pending.js';
import { patched } from './share.js';
import { chatIdsOf, chatState } from './state.js';
import type { ChatState, State } from './state.js';

/** One chat as it is shown. The same object until something of it changes. */
export interface ChatView {
  readonly chat: Chat;
  /** Ascending by `seq`, nothing missing between them; deleted ones are tombstones (`deletedAt`). */
  readonly messages: readonly Message[];
  /** One's own messages that are not among `messages` yet: to be shown after them, where there are no newer ones. */
  readonly pending: readonly PendingMessage[];
  /** One's own changes that are not made yet; `chat` and `messages` are shown as if they were, but for those that `failed`. */
  readonly changes: readonly PendingChange[];
  /** How far people have read and got it, by user id: of a chat that is open. */
  readonly receipts: ChatState['receipts'];
  /** How one keeps it, on all one's devices. */
  readonly marks: ChatMarks;
  /** What one has begun to write in it, on whatever device; left out: nothing. */
  readonly draft?: Written;
  /** Whether it is put away: until there is a new message, or for good where it is muted. */
  readonly isArchived: boolean;
  /** Whether `loadOlder` would bring more. */
  readonly hasOlder: boolean;
  /** Whether `loadNewer` would: one looks at a part of the chat that is not its end. */
  readonly hasNewer: boolean;
}

const noPending: readonly PendingMessage[] = [];
const noChanges: readonly PendingChange[] = [];

/** A function of an object that makes its result once, and keeps it for as long as the object lives. */
function kept<One extends object, Result>(make: (one: One) => Result): (one: One) => Result {
  const results = new WeakMap<One, Result>();
  return (one) => {
    const result = results.get(one) ?? make(one);
    results.set(one, result);
    return result;
  };
}

/** The same for two parts: it keeps the result of the other that came last. */
function remembered<One extends object, Other, Result>(
  make: (one: One, other: Other) => Result,
): (one: One, other: Other) => Result {
  const results = new WeakMap<One, { readonly other: Other; readonly result: Result }>();
  return (one, other) => {
    const known = results.get(one);
    if (known && known.other === other) return known.result;
    const result = make(one, other);
    results.set(one, { other, result });
    return result;
  };
}

const views = new WeakMap<Chat, ChatView>();

function viewOf(
  state: ChatState,
  { pending, changes, marks, draft }: Pick<ChatView, 'pending' | 'changes' | 'marks' | 'draft'>,
): ChatView {
  const { from, to, messages } = shownSegment(state);
  const before = views.get(state.chat);
  const now = {
    chat: updated(state.chat, changes),
    messages: changed(messages, changes),
    pending,
    changes,
    receipts: state.receipts,
    marks,
    draft,
    isArchived: isArchived(state.chat, marks),
    hasOlder: from > 1,
    hasNewer: to < state.chat.lastSeq,
  };
  const view = patched(before ?? now, now);
  views.set(state.chat, view);
  return view;
}

const changed = remembered(withChangesShown);

const updated = remembered(chatShown);

/** A chat as it is shown; undefined where it is not known, or gone. */
export function chatView(state: State, chatId: string): ChatView | undefined {
  const chat = chatState(state, chatId);
  const [pending, changes] = [state.pending[chatId] ?? noPending, state.changes[chatId] ?? noChanges];
  return chat && viewOf(chat, { pending, changes, marks: marksOf(state, chatId), draft: draftOf(state, chatId) });
}

/** What one has begun to write in a chat: here, or as another device has left it. */
export function draftOf({ written, own }: State, chatId: string): Written | undefined {
  const draft = written[chatId] ?? own.drafts[chatId];
  return draft?.text === '' && !draft.other ? undefined : draft;
}

const noMarks: ChatMarks = {};

/** How one keeps a chat, with what one has just asked for. */
export const marksOf = ({ own, changes }: State, chatId: string): ChatMarks =>
  wished(changes[chatId] ?? noChanges, own.marks[chatId] ?? noMarks);

const wished = remembered((changes: readonly PendingChange[], marks: ChatMarks) => marksWished(marks, changes));

const isArchived = ({ lastSeq }: Chat, { archived, muted }: ChatMarks): boolean =>
  Boolean(archived && (muted || lastSeq <= archived.upToSeq));

/** All chats that are known, newest activity first. */
export const chatList = ({ list }: State): readonly Chat[] => list;

/** Where we stand in these chats, of all that are known where none are named. */
export function positionsOf(state: State, chatIds = chatIdsOf(state)): Record<string, Position> {
  const known = chatIds.flatMap((chatId) => chatState(state, chatId) ?? []);
  return Object.fromEntries(known.map((one) => [one.chat.id, positionOf(one)]));
}

const nobody: readonly string[] = [];

/** Ids of the others who are writing in a chat that is open, in the order in which they began. */
export const typingIn = ({ typing }: State, chatId: string): readonly string[] => typing[chatId] ?? nobody;

/** Which of the others have read a message, and which have got it and not read it yet; ids, in no order. */
export function readersOf({ receipts }: ChatView, { seq, sender }: Message) {
  const others = Object.values(receipts).filter(({ userId }) => userId !== sender.id);
  const hasRead = ({ readSeq }: Receipt) => readSeq >= seq;
  const hasOnlyGot = (one: Receipt) => !hasRead(one) && one.deliveredSeq >= seq;
  const idsOf = (is: (one: Receipt) => boolean) => others.filter(is).map(({ userId }) => userId);
  return { read: idsOf(hasRead), delivered: idsOf(hasOnlyGot) };
}

/** What is unread in all chats that are known and not muted. */
export const totalUnread = (state: State): number =>
  chatList(state).reduce((total, { id, unreadCount }) => total + (marksOf(state, id).muted ? 0 : unreadCount), 0);

/** A row of a conversation: a new day, a message, or one's own that is on its way. */
export type ConversationRow =
  | { readonly kind: 'day'; readonly key: string; readonly day: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: Message;
      readonly isOwn: boolean;
      /** Whether it follows the one above it so closely that its sender need not be named again. */
      readonly isContinued: boolean;
    }
  | { readonly kind: 'pending'; readonly key: string; readonly pending: PendingMessage };

/** Messages of one person that follow each other within this time are one group. */
const groupMs = 5 * 60_000;

/** The rows of a conversation, with a line for each day. A row that did not change is the same object as before. */
export const conversationRows = remembered((view: ChatView, userId: string): readonly ConversationRow[] => {
  const rows: ConversationRow[] = [];
  let before: Message | undefined;
  let latest = '';
  for (const message of view.messages) {
    const { day } = momentOf(message);
    // Times are those of replicas, whose clocks differ: around midnight a day is not to begin twice.
    const isNewDay = day > latest;
    if (isNewDay) rows.push(dayRow((latest = day)));
    rows.push(messageRow(message, message.sender.id === userId, !isNewDay && follows(message, before)));
    before = message;
  }
  if (!view.hasNewer) rows.push(...view.pending.map((pending) => pendingRow(pending)));
  return rows;
});

/** The day of a moment in the time zone of whoever looks, as `2026-01-31`. */
export function localDay(at: Date): string {
  return `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

const momentOf = kept((message: Message) => {
  const at = new Date(message.createdAt);
  return { atMs: at.getTime(), day: localDay(at) };
});

const follows = (message: Message, before: Message | undefined): boolean =>
  before !== undefined &&
  before.sender.id === message.sender.id &&
  before.type === message.type &&
  momentOf(message).atMs - momentOf(before).atMs < groupMs;

/** The rows that a message has been. */
const rowsOf = kept<Message, Map<string, ConversationRow>>(() => new Map());

function messageRow(message: Message, isOwn: boolean, isContinued: boolean): ConversationRow {
  const rows = rowsOf(message);
  const variant = `${isOwn} ${isContinued}`;
  const row = rows.get(variant) ?? ({ kind: 'message', key: message.id, message, isOwn, isContinued } as const);
  rows.set(variant, row);
  return row;
}

const pendingRow = kept((pending: PendingMessage): ConversationRow => ({
  kind: 'pending',
  key: pending.clientMessageId,
  pending,
}));

const dayRows = new Map<string, ConversationRow>();

function dayRow(day: string): ConversationRow {
  const row = dayRows.get(day) ?? ({ kind: 'day', key: `day ${day}`, day } as const);
  dayRows.set(day, row);
  return row;
}
