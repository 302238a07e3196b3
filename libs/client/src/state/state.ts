import type { AnyChange, Change, Chat, Message, Position, Presence, Receipt, User } from '@roost/contract';
import type { ConnectionState } from '../connection/state.js';
import type { PendingChange, PendingMessage } from '../outbox/entry.js';
import { noOwn } from './own.js';
import type { OwnState, Written } from './own.js';
import { entryOf, noPieces } from './pieces.js';
import type { Pieces } from './pieces.js';

/** Places of a chat's messages, both inclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A part of a chat that is known as a whole: a place between its ends that has no message is not there. It covers none where `to` is below `from`. */
export interface Segment extends Range {
  /** Ascending by `seq`; deleted ones are tombstones (`deletedAt`). */
  readonly messages: readonly Message[];
}

/** Entries of a log that came before their turn, by place. */
export type Early<Entry> = Readonly<Record<number, Entry>>;

/** One chat as far as it is known here. */
export interface ChatState {
  /** As the server tells it at `lastSeq` and `rev`: the last places before which nothing is missing. */
  readonly chat: Chat;
  /** Ascending, with something missing between each two. The last one ends at `chat.lastSeq`, and grows with the chat. */
  readonly segments: readonly Segment[];
  /** How far the server is, as far as anybody said. */
  readonly head: Position;
  readonly earlyMessages: Early<Message>;
  readonly earlyChanges: Early<AnyChange>;
  /** Changes of messages that are not here, by message id, for those to come; while pages are read, of all messages. */
  readonly changesOfAbsent: Readonly<Record<string, readonly Change[]>>;
  /** Pages of history that are on their way, and were asked for since it began anew. */
  readonly reads: number;
  /** Another one each time that a chat begins anew, or is there again: a page that was asked for before that is of no use. */
  readonly epoch: number;
  /** How far people have read and got it, by user id, as far as that was told: of open chats that are not too large. */
  readonly receipts: Readonly<Record<string, Receipt>>;
  /** `unreadCount` is only about right: messages that would have to be counted are not here. */
  readonly isUncounted?: boolean;
  /** What somebody looks at, which is never let go; left out: at the end. */
  readonly looking?: Range;
}

/** A fact that came of a chat before anything else of it. */
export interface UnheardFact {
  readonly name: string;
  readonly payload: unknown;
}

/** A chat as it is kept for the next start. */
export interface KeptChat {
  readonly chat: Chat;
  /** Its newest, without holes. */
  readonly messages: readonly Message[];
}

/** All that a client knows: plain data, never changed. Where nothing changed, the next state has the very same objects. */
export interface State {
  /** Whose view it is; left out before the first connection. */
  readonly userId?: string;
  readonly connection: ConnectionState;
  /** All this is of an earlier run, kept at that moment (ISO 8601); left out once the server has said what is new. */
  readonly keptAt?: string;
  /** Why nothing is kept at the moment that would outlive this program; left out where all is well. */
  readonly storageError?: Error;
  /** What is known of each chat, by id: `chatState` finds it. */
  readonly chats: Pieces<ChatState>;
  /** All of these chats, newest activity first. */
  readonly list: readonly Chat[];
  /** Whether there are chats that are not here, active longer ago than all that are: `loadMoreChats` brings them. */
  readonly hasMoreChats: boolean;
  /** Everybody who was seen, by id, as they were seen last. */
  readonly users: Readonly<Record<string, User>>;
  /** One's own messages that are not among a chat's yet, by chat, in the order in which they will be. */
  readonly pending: Readonly<Record<string, readonly PendingMessage[]>>;
  /** One's own changes that are not in a chat yet, by chat, in the order in which they will be. */
  readonly changes: Readonly<Record<string, readonly PendingChange[]>>;
  /** Chats of which something is known to be missing: those that are known, and those that are not. */
  readonly behind: Readonly<Record<string, true>>;
  /** Chats whose unread messages have to be counted by the server. */
  readonly uncounted: Readonly<Record<string, true>>;
  /** Ids of others who are writing, by chat, of chats that are open. */
  readonly typing: Readonly<Record<string, readonly string[]>>;
  /** Whether people are there, by id, of those who are watched: as told last, also while there is no connection. */
  readonly presence: Readonly<Record<string, Presence>>;
  /** What one keeps for oneself. */
  readonly own: OwnState;
  /** What one has written on this device and the others do not have, by chat. */
  readonly written: Readonly<Record<string, Written>>;
  /** What was told of chats that are not known yet: an answer on its way may have been read before it. */
  readonly unheard: Readonly<Record<string, readonly UnheardFact[]>>;
  /** The rev of the change that removed this person, by chat: an older state may still be on its way. */
  readonly removals: Readonly<Record<string, number>>;
  /** The last place of a chat when this person put it out of their list, by chat: the same holds for it. */
  readonly hidings: Readonly<Record<string, number>>;
  /** How often any chat began: its epoch. */
  readonly epochs: number;
  /** Messages kept of each chat, newest first, and five times as many on either side of what is looked at. */
  readonly messagesPerChat: number;
}

export const initialState = (messagesPerChat: number): State => ({
  connection: { name: 'stopped' },
  chats: noPieces,
  list: [],
  hasMoreChats: false,
  users: {},
  pending: {},
  changes: {},
  behind: {},
  uncounted: {},
  typing: {},
  written: {},
  presence: {},
  own: noOwn,
  unheard: {},
  removals: {},
  hidings: {},
  epochs: 0,
  messagesPerChat,
});

/** What is known of a chat; undefined where that is not known. */
export const chatState = ({ chats }: Pick<State, 'chats'>, chatId: string): ChatState | undefined =>
  entryOf(chats, chatId);

/** The ids of all chats that are known, newest activity first. */
export const chatIdsOf = ({ list }: Pick<State, 'list'>): readonly string[] => list.map(({ id }) => id);
