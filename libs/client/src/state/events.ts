import type {
  Chat,
  ChatSync,
  Message,
  OwnPage,
  Position,
  Presence,
  Receipt,
  Unread,
  UnsentText,
} from '@roost/contract';
import type { ConnectionState } from '../connection/state.js';
import type { ActReply } from '../outbox/draft.js';
import type { PendingChange, PendingMessage } from '../outbox/entry.js';
import type { OwnState, Written } from './own.js';
import type { KeptChat, Range } from './state.js';

/** Which messages were asked for: bounds are exclusive, `around` has its own. */
export type PageBound = { readonly before: number } | { readonly after: number } | { readonly around: number };

/** What was asked for, and what the chat was at that moment. */
export type Asked = PageBound & { readonly lastSeq: number; readonly epoch: number };

/** A page of history: all there is between its ends, and beyond an end where it says that there is no more. */
export interface HistoryPage {
  readonly items: readonly Message[];
  readonly moreBefore: boolean;
  readonly moreAfter: boolean;
}

/** Everything that can happen to the state. */
export type ClientEvent =
  | { readonly type: 'connection'; readonly state: ConnectionState }
  /** What an earlier run had kept. */
  | {
      readonly type: 'restored';
      readonly userId: string;
      readonly at: string;
      readonly chats: readonly KeptChat[];
      readonly own?: OwnState;
    }
  /** The storage failed, or works again. */
  | { readonly type: 'storage'; readonly error: Error | undefined }
  /** The connection is this person's. What is here is another's, unless it is the same person. */
  | { readonly type: 'began'; readonly userId: string }
  /** The person has left this device: nothing of theirs is here any more. */
  | { readonly type: 'left' }
  /** Anything the server tells, also what only a newer one knows. */
  | { readonly type: 'fact'; readonly name: string; readonly payload: unknown }
  /** What `sync` or `chat:join` said of a chat; `since` is what was asked for, left out where the chat was not named. */
  | { readonly type: 'synced'; readonly chatId: string; readonly answer: ChatSync; readonly since?: Position }
  /** A chat as somebody told it. One that is known keeps what it has; what it lacks is asked for. */
  | { readonly type: 'learned'; readonly chat: Chat }
  /** What the outbox has for a chat. */
  | {
      readonly type: 'drafts';
      readonly chatId: string;
      readonly pending: readonly PendingMessage[];
      readonly changes: readonly PendingChange[];
    }
  /** A draft became this message. */
  | { readonly type: 'confirmed'; readonly draft: PendingMessage; readonly message: Message }
  /** A change was made, and the server said so. */
  | { readonly type: 'made'; readonly change: PendingChange; readonly reply: ActReply }
  /** What `sync` said of one's own log. */
  | { readonly type: 'own'; readonly page: OwnPage }
  /** What this device has that the others do not: nothing, where it is left out. */
  | { readonly type: 'written'; readonly chatId: string; readonly written?: Written }
  /** What the server keeps as one's draft, as of a place in one's own log. */
  | { readonly type: 'draftSaved'; readonly chatId: string; readonly ownRev: number; readonly draft?: UnsentText }
  /** A draft is a message by now. */
  | { readonly type: 'draftSent'; readonly chatId: string; readonly clientMessageId: string }
  /** The end of the list of chats was reached, or not. */
  | { readonly type: 'listed'; readonly hasMore: boolean }
  /** One has read a chat up to here. */
  | { readonly type: 'marked'; readonly chatId: string; readonly seq: number }
  /** What the server has counted as unread. */
  | { readonly type: 'counted'; readonly chatId: string; readonly unread: Unread }
  /** How far people have read and got a chat. */
  | { readonly type: 'receipts'; readonly chatId: string; readonly receipts: readonly Receipt[] }
  /** Whether people are there who are watched from now on. */
  | { readonly type: 'presence'; readonly users: readonly Presence[] }
  /** Nobody has heard for too long that this person is writing. */
  | { readonly type: 'typingLapsed'; readonly chatId: string; readonly userId: string }
  /** A page of history is asked for. */
  | { readonly type: 'reading'; readonly chatId: string }
  /** It came, or will not. */
  | { readonly type: 'read'; readonly chatId: string; readonly asked: Asked; readonly page?: HistoryPage }
  /** Somebody looks at this part of a chat, or at its end. */
  | { readonly type: 'looking'; readonly chatId: string; readonly at?: Range };
