import type {
  AnyChange,
  Chat,
  ChatSync,
  FactName,
  FactOf,
  Message,
  Position,
  Presence,
  Receipt,
  ReceiptNews,
  ReplyOf,
  User,
} from '@roost/contract';
import * as chats from './chat.js';
import type { Viewer } from './chat.js';
import type { ActReply } from '../outbox/draft.js';
import type { PendingChange, PendingMessage } from '../outbox/entry.js';
import type { ConnectionState } from '../connection/state.js';
import { hasFields } from '../has-fields.js';
import type { ClientEvent } from './events.js';
import { listedAs, notListed } from './order.js';
import { draftAnswered, draftSent, ownAnswered, ownExpected, ownHeard, ownSynced } from './own.js';
import * as pieces from './pieces.js';
import { withOwn, withReactions } from './reactions.js';
import * as reading from './reading.js';
import { notMade, notShown, withoutSent, withSentFirst, withWaiting } from './pending.js';
import { chatIdsOf, chatState, initialState } from './state.js';
import { patched, share, withEntry, without } from './share.js';
import type { ChatState, State } from './state.js';

/** Facts kept of a chat that is not known yet. What is dropped shows as a gap. */
const unheardMax = 100;

/** The state after an event: the very same one, down to every part, where the event says nothing new. */
export function reduce(state: State, event: ClientEvent): State {
  return withNames(state, reduced(state, event));
}

function reduced(state: State, event: ClientEvent): State {
  switch (event.type) {
    case 'connection':
      return connected(state, event.state);
    case 'restored':
      return restored(state, event);
    case 'storage':
      return withStorageError(state, event.error);
    case 'began':
      return began(state, event.userId);
    case 'left':
      return state.userId === undefined ? state : emptied(state);
    case 'fact':
      return heard(state, event.name, event.payload);
    case 'synced':
      return synced(state, event.chatId, event.answer, event.since);
    case 'learned':
      return learned(state, event.chat);
    case 'drafts':
      return withDrafts(state, event);
    case 'confirmed':
      return confirmed(state, event);
    case 'made':
      return made(state, event);
    case 'own':
      return patched(state, { own: ownSynced(state.own, event.page) });
    case 'written':
      return withWritten(state, event);
    case 'draftSaved':
      return patched(state, { own: draftAnswered(state.own, event.chatId, event.ownRev, event.draft) });
    case 'draftSent':
      return patched(state, { own: draftSent(state.own, event.chatId, event.clientMessageId) });
    case 'listed':
      return patched(state, { hasMoreChats: event.hasMore });
    case 'marked':
      return onChat(state, event.chatId, (chat) => reading.readUpTo(chat, event.seq));
    case 'counted':
      return onChat(state, event.chatId, (chat) => reading.counted(chat, event.unread));
    case 'receipts':
      return onChat(state, event.chatId, (chat) => reading.withReceipts(chat, event.receipts));
    case 'presence':
      return event.users.reduce(withPresence, state);
    case 'typingLapsed':
      return writing(state, { ...event, typing: false });
    case 'reading':
      return onChat(state, event.chatId, (chat) => chats.reading(chat));
    case 'read':
      return onChat(state, event.chatId, (chat, viewer) => chats.read(chat, event.asked, event.page, viewer));
    case 'looking':
      return onChat(state, event.chatId, (chat, viewer) => chats.lookedAt(chat, event.at, viewer));
  }
}

/** What is kept from an earlier run is no longer that once the server has said what is new. */
function connected(state: State, connection: ConnectionState): State {
  const { keptAt, ...fresh } = state;
  const isUpToDate = connection.name === 'live' || connection.name === 'degraded';
  const typing = isUpToDate || connection.name === 'catchingUp' ? state.typing : {};
  return patched(isUpToDate && keptAt !== undefined ? fresh : state, {
    connection,
    typing: share(state.typing, typing),
  });
}

/** Nothing, where a person is connected by then: what they know is newer. */
function restored(
  state: State,
  { userId, at, chats: kept, own = state.own }: ClientEvent & { readonly type: 'restored' },
): State {
  if (state.userId !== undefined) return state;
  const begun: State = { ...state, userId, keptAt: at, own };
  return kept.reduce((one, { chat, messages }) => known(one, chat, messages, true), begun);
}

function withWritten(state: State, { chatId, written }: ClientEvent & { readonly type: 'written' }): State {
  const now = written ? withEntry(state.written, chatId, written) : without(state.written, chatId);
  return patched(state, { written: now });
}

function withStorageError(state: State, storageError: Error | undefined): State {
  const { storageError: _, ...well } = state;
  return storageError ? { ...well, storageError } : well;
}

/** What waits to be sent stays: the outbox belongs to whoever it was made for. */
function began(state: State, userId: string): State {
  return userId === state.userId ? state : { ...emptied(state), userId };
}

/** As at the beginning, beside what is no person's, and what the outbox tells of itself. */
function emptied({ connection, pending, changes, written, messagesPerChat, storageError, epochs }: State): State {
  return {
    ...initialState(messagesPerChat),
    connection,
    pending,
    changes,
    written,
    epochs,
    ...(storageError && { storageError }),
  };
}

// --- Facts

type FactHandlers = { readonly [F in FactName]?: (state: State, payload: FactOf<F>) => State };

/** A change of a kind that only a newer server knows takes its place in the log. */
function heard(state: State, name: string, payload: unknown): State {
  const handle = Object.hasOwn(handlers, name) ? handlers[name as FactName] : undefined;
  if (handle) return (handle as (state: State, payload: unknown) => State)(state, payload);
  return isChange(payload) ? ofChat(state, payload.chatId, name, payload) : state;
}

const handlers: FactHandlers = {
  'receipt:read': (state, news) => receiptsTold(state, news, (seq) => ({ readSeq: seq, deliveredSeq: seq })),
  'receipt:delivered': (state, news) => receiptsTold(state, news, (seq) => ({ readSeq: 0, deliveredSeq: seq })),
  'message:new': (state, message) => {
    const { chatId, sender } = message;
    return ofChat(writing(state, { chatId, userId: sender.id, typing: false }), chatId, 'message:new', message);
  },
  'presence:changed': (state, presence) => withPresence(state, presence),
  'reaction:own': (state, own) =>
    onChat(state, own.chatId, (chat, { userId }) =>
      chats.withMessageChanged(chat, own.messageId, (one) => withOwn(one, own, userId)),
    ),
  'typing:changed': (state, change) => (change.userId === state.userId ? state : writing(state, change)),
  'member:removed': (state, change) => memberRemoved(state, change),
  'user:updated': (state, user) => renamed(state, user),
  'me:head': (state, { ownRev }) => patched(state, { own: ownExpected(state.own, ownRev) }),
  'chat:marked': (state, change) => patched(state, { own: ownHeard(state.own, change) }),
  'draft:changed': (state, change) => patched(state, { own: ownHeard(state.own, change) }),
  'chat:deleted': (state, { chatId }) => removed(state, chatId),
  'chat:hidden': (state, { chatId, seq }) => hidden(state, chatId, seq),
  'chat:created': (state, chat) => learned(state, chat),
  'chat:heads': (state, { chats: heads }) =>
    Object.entries(heads).reduce((one, [chatId, head]) => ofChat(one, chatId, 'chat:heads', head), state),
};

const withPresence = (state: State, presence: Presence): State =>
  patched(state, {
    presence: withEntry(state.presence, presence.userId, share(state.presence[presence.userId], presence)),
  });

/** Who says something has stopped. */
function writing(state: State, { chatId, userId, typing }: FactOf<'typing:changed'>): State {
  const before = state.typing[chatId] ?? [];
  if (before.includes(userId) === typing) return state;
  const now = typing ? [...before, userId] : before.filter((id) => id !== userId);
  return { ...state, typing: withWaiting(state.typing, chatId, now) };
}

/** Of oneself, on whatever device, and of others. */
function receiptsTold(state: State, news: ReceiptNews, marksAt: (seq: number) => Omit<Receipt, 'userId'>): State {
  const { chatId, userId, seq, others = [] } = news;
  const receipts = [{ userId, seq }, ...others].map((one) => ({ userId: one.userId, ...marksAt(one.seq) }));
  const ownSeq = receipts.find((one) => one.userId === state.userId)?.readSeq ?? 0;
  return onChat(state, chatId, (chat) => reading.withReceipts(reading.readUpTo(chat, ownSeq), receipts));
}

function memberRemoved(state: State, change: FactOf<'member:removed'>): State {
  const { chatId, rev, userId } = change;
  // Removed, and added again since: the news came in the other order.
  const isBack = (chatState(state, chatId)?.head.rev ?? 0) > rev;
  if (userId !== state.userId || isBack)
    return ofChat(writing(state, { chatId, userId, typing: false }), chatId, change.kind, change);
  return removed(patched(state, { removals: withEntry(state.removals, chatId, rev) }), chatId);
}

/** What was said meanwhile may have brought it back already; what was there is read. */
function hidden(state: State, chatId: string, seq: number): State {
  if ((chatState(state, chatId)?.chat.lastSeq ?? 0) > seq)
    return onChat(state, chatId, (chat) => reading.readUpTo(chat, seq));
  return removed(patched(state, { hidings: withEntry(state.hidings, chatId, seq) }), chatId);
}

/** A fact of one chat; kept for later where that is not known. */
function ofChat(state: State, chatId: string, name: string, payload: unknown): State {
  if (chatState(state, chatId)) return onChat(state, chatId, (chat, viewer) => afterFact(chat, name, payload, viewer));
  const before = state.unheard[chatId] ?? [];
  const fact = { name, payload };
  if (before.some((one) => share(one, fact) === one)) return state;
  const kept = [...before, fact].slice(-unheardMax);
  return { ...state, unheard: withEntry(state.unheard, chatId, kept), behind: withEntry(state.behind, chatId, true) };
}

function afterFact(chat: ChatState, name: string, payload: unknown, viewer: Viewer): ChatState {
  if (name === 'message:new') return chats.withMessageHeard(chat, payload as Message, viewer);
  if (name === 'chat:heads') return chats.expect(chat, payload as Position);
  return chats.withChangeHeard(chat, payload as AnyChange, viewer);
}

// --- Chats that come and go

function synced(state: State, chatId: string, answer: ChatSync, since?: Position): State {
  if ('gone' in answer) return removed(state, chatId);
  if ('more' in answer) {
    if (!since) return state;
    const { readSeq = 0 } = answer;
    return onChat(state, chatId, (chat, viewer) =>
      reading.readUpTo(chats.withSyncPage(chat, answer, since, viewer), readSeq),
    );
  }
  if ('reset' in answer) return known(state, answer.chat, answer.messages, true);
  // Else a kind of answer that only a newer server knows.
  return 'chat' in answer ? learned(state, answer.chat) : state;
}

function learned(state: State, chat: Chat): State {
  return known(state, chat, [], false);
}

/** A chat as it was when it was read, and what was heard of it before that came. */
function known(state: State, chat: Chat, messages: readonly Message[], isAnew: boolean): State {
  const { id: chatId, lastSeq: seq, rev } = chat;
  // A state that was read before the removal that this person was told of; one that was not is of a new membership.
  if (rev < (state.removals[chatId] ?? 0)) return state;
  // The same of one who put it out of their list, by which all of it was read.
  if (chat.readSeq < (state.hidings[chatId] ?? 0)) return state;
  const back = patched(state, {
    removals: without(state.removals, chatId),
    hidings: without(state.hidings, chatId),
  });
  const before = chatState(back, chatId);
  if (before && !isAnew) return onChat(back, chatId, (one) => chats.expect(one, { seq, rev }));
  const viewer = viewerOf(back);
  const epoch = back.epochs + 1;
  const first = chats.opened(chat, messages, viewer, epoch, before);
  const facts = back.unheard[chatId] ?? [];
  const caughtUp = facts.reduce((one, { name, payload }) => afterFact(one, name, payload, viewer), first);
  return withChat(patched(back, { unheard: without(back.unheard, chatId), epochs: epoch }), caughtUp);
}

/** What was sent to it is not to be shown any more; what waits is the outbox's. */
function removed(state: State, chatId: string): State {
  return patched(state, {
    pending: withWaiting(state.pending, chatId, withoutSent(state.pending[chatId] ?? [])),
    changes: withWaiting(state.changes, chatId, withoutSent(state.changes[chatId] ?? [])),
    chats: pieces.without(state.chats, chatId),
    list: notListed(state.list, chatState(state, chatId)?.chat),
    behind: without(state.behind, chatId),
    uncounted: without(state.uncounted, chatId),
    typing: without(state.typing, chatId),
    unheard: without(state.unheard, chatId),
  });
}

/** @param change of a chat that is known; of one that is not, nothing happens */
function onChat(state: State, chatId: string, change: (chat: ChatState, viewer: Viewer) => ChatState): State {
  const before = chatState(state, chatId);
  if (!before) return state;
  const after = change(before, viewerOf(state));
  return after === before ? state : withChat(state, after);
}

function withChat(state: State, next: ChatState): State {
  const { id } = next.chat;
  const before = chatState(state, id);
  return {
    ...state,
    chats: pieces.withEntry(state.chats, id, next),
    list: listedAs(state.list, before?.chat, next.chat),
    users: withUsers(state.users, before, next),
    behind: chats.isBehind(next) ? withEntry(state.behind, id, true) : without(state.behind, id),
    uncounted: next.isUncounted ? withEntry(state.uncounted, id, true) : without(state.uncounted, id),
    pending: withWaiting(state.pending, id, notShown(state.pending[id] ?? [], next)),
    changes: withWaiting(state.changes, id, notMade(state.changes[id] ?? [], next)),
  };
}

const viewerOf = ({ userId = '', messagesPerChat }: State): Viewer => ({ userId, messagesPerChat });

/** Those who were seen anew in a chat: its people, and who spoke last. */
function withUsers(users: State['users'], before: ChatState | undefined, { chat }: ChatState): State['users'] {
  const seen = before?.chat.members === chat.members ? [] : [...(chat.members ?? [])];
  if (chat.lastMessage && chat.lastMessage !== before?.chat.lastMessage) seen.push(chat.lastMessage.sender);
  const fresh = seen.filter((user) => isFresh(user, users[user.id]));
  return fresh.length === 0 ? users : { ...users, ...Object.fromEntries(fresh.map((user) => [user.id, user])) };
}

const isFresh = (user: User, before: User | undefined): boolean =>
  !before || (share(before, user) !== before && !chats.isNewer(before, user));

/** Somebody has another name or picture: everywhere, unless what is here is newer. */
function renamed(state: State, user: User): State {
  const before = state.users[user.id];
  if (before && !chats.isNewer(user, before)) return state;
  return shownAs(patched(state, { users: withEntry(state.users, user.id, user) }), user);
}

const shownAs = (state: State, user: User): State =>
  chatIdsOf(state).reduce((one, chatId) => onChat(one, chatId, (chat) => chats.withProfile(chat, user)), state);

/** Who has another name than this device knew, for it was away then, has it everywhere. */
function withNames({ users: before, userId }: State, state: State): State {
  if (state.users === before || state.userId !== userId) return state;
  const isOther = (user: User) => Object.hasOwn(before, user.id) && chats.isNewer(user, before[user.id]!);
  return Object.values(state.users).filter(isOther).reduce(shownAs, state);
}

// --- One's own acts on their way

function withDrafts(state: State, { chatId, pending, changes }: ClientEvent & { readonly type: 'drafts' }): State {
  return patched(state, {
    pending: withWaiting(state.pending, chatId, withSentFirst(state.pending[chatId] ?? [], pending)),
    changes: withWaiting(state.changes, chatId, withSentFirst(state.changes[chatId] ?? [], changes)),
  });
}

function confirmed(state: State, { draft, message }: ClientEvent & { readonly type: 'confirmed' }): State {
  const { chatId } = message;
  const before = state.pending[chatId] ?? [];
  const others = before.filter((one) => one.clientMessageId !== draft.clientMessageId);
  const all = withSentFirst<PendingMessage>([...others, { ...draft, stage: 'sent', message }], others);
  const noted = patched(state, { pending: withWaiting(state.pending, chatId, all) });
  // Of a chat that is not known it is a fact like another: then one will ask whether that is there.
  if (!chatState(noted, chatId)) return ofChat(noted, chatId, 'message:new', message);
  // Also where it was here before its acknowledgement: then it is shown already.
  return onChat(noted, chatId, (chat, viewer) => ({ ...chats.withMessageHeard(chat, message, viewer) }));
}

function made(before: State, { change, reply }: ClientEvent & { readonly type: 'made' }): State {
  const { chatId } = change;
  const state = marked(before, change, reply);
  const others = (state.changes[chatId] ?? []).filter(({ id }) => id !== change.id);
  // Nothing is shown of a chat that is not known, or that one has left by this.
  if (!chatState(state, chatId)) return patched(state, { changes: withWaiting(state.changes, chatId, others) });
  const all = withSentFirst([...others, { ...change, stage: 'sent', reply } as PendingChange], others);
  const noted = patched(state, { changes: withWaiting(state.changes, chatId, all) });
  return onChat(noted, chatId, (chat) => afterOwnChange({ ...chat }, change, reply));
}

/** One's own marks are not the chat's. */
function marked(state: State, { command, chatId }: PendingChange, reply: ActReply): State {
  if (command !== 'chat:mark') return state;
  return patched(state, { own: ownAnswered(state.own, chatId, reply as ReplyOf<'chat:mark'>) });
}

/** Reactions are told a second later; what was answered is newer than what is here, unless a change has come since. */
function afterOwnChange(chat: ChatState, { command, request }: PendingChange, reply: ActReply): ChatState {
  if (command !== 'message:react' || !('reactions' in reply) || chat.chat.rev > reply.rev) return chat;
  return chats.withMessageChanged(chat, request.messageId, (message) => withReactions(message, reply.reactions));
}

const isChange = (payload: unknown): payload is AnyChange =>
  hasFields(payload, { chatId: 'string', rev: 'number', kind: 'string' }) && Number.isSafeInteger(payload.rev);
