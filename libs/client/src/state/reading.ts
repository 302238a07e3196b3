import type { Message, Receipt, Unread } from '@roost/contract';
import { countedAfter, isCountable, withReading } from './apply.js';
import { patched } from './share.js';
import type { ChatState } from './state.js';

type Receipts = ChatState['receipts'];

const newest = ({ segments }: ChatState): readonly Message[] => segments.at(-1)?.messages ?? [];

/** One has read a chat up to here. Where what follows is not here, the server has to count it. */
export function readUpTo(state: ChatState, readSeq: number): ChatState {
  if (readSeq <= state.chat.readSeq) return state;
  const messages = newest(state);
  const isUncounted = !isCountable(state.chat, readSeq, messages);
  return patched(state, { chat: withReading(state.chat, readSeq, messages), isUncounted });
}

/** The server has counted. What was said since is added where it is here; else, and where something changed since, it has to count anew. */
export function counted(state: ChatState, { readSeq, unreadCount, seq, rev }: Unread): ChatState {
  const { chat } = state;
  const messages = newest(state);
  const isOfNow = readSeq >= chat.readSeq && rev === chat.rev && seq <= chat.lastSeq;
  if (!isOfNow || !isCountable(chat, seq, messages)) return state;
  const since = countedAfter(messages, Math.max(seq, readSeq));
  return patched(state, { chat: patched(chat, { readSeq, unreadCount: unreadCount + since }), isUncounted: false });
}

/** How far people have read and got a chat, as they or the server said; nobody goes back. */
export function withReceipts(state: ChatState, told: readonly Receipt[]): ChatState {
  return patched(state, { receipts: told.reduce(withReceipt, state.receipts) });
}

/** Who says something has read all before it. */
export function withSenders(receipts: Receipts, messages: readonly Message[]): Receipts {
  return messages.reduce((one, { sender, seq }) => {
    // Of a chat that nobody has opened nothing is kept.
    if (!Object.hasOwn(one, sender.id)) return one;
    return withReceipt(one, { userId: sender.id, readSeq: seq, deliveredSeq: seq });
  }, receipts);
}

function withReceipt(receipts: Receipts, { userId, readSeq, deliveredSeq }: Receipt): Receipts {
  const before = Object.hasOwn(receipts, userId) ? receipts[userId] : undefined;
  const now = {
    userId,
    readSeq: Math.max(readSeq, before?.readSeq ?? 0),
    deliveredSeq: Math.max(deliveredSeq, readSeq, before?.deliveredSeq ?? 0),
  };
  const isSame = before?.readSeq === now.readSeq && before.deliveredSeq === now.deliveredSeq;
  return isSame ? receipts : { ...receipts, [userId]: now };
}
