import type { Chat, Message, MessagePage } from '@roost/contract';
import { Backoff } from '../backoff.js';
import { isRetryable, retryAfterOf } from '../failures.js';
import { indexOfSeq, segmentAt } from '../state/segments.js';
import { chatState } from '../state/state.js';
import type { State } from '../state/state.js';
import type { Store } from '../state/store.js';
import { pause } from '../time.js';
import type { Surroundings } from '../time.js';

/** The last message of each chat that was dealt with, by chat. */
export type StreamPosition = Readonly<Record<string, number>>;

export interface StreamOptions {
  /** Where to go on: after these. Chats that are not named begin where they are when the client is first live; new ones at their beginning. */
  readonly since?: StreamPosition;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

const pageMax = 100;

/** Reads what comes after a place, tombstones included. */
export type ReadAfter = (chatId: string, after: number, limit: number) => Promise<Pick<MessagePage, 'items'>>;

export interface StreamSource extends Pick<Store, 'getSnapshot' | 'subscribe'> {
  /** Calls `listener` at the moment in which the connection becomes another, when the snapshot says so already. */
  readonly onConnection: (listener: () => void) => () => void;
  /** Calls `listener` for each message as it is told. */
  readonly onMessage: (listener: (message: Message) => void) => () => void;
  /** Lists more chats; says whether there may be still more. */
  readonly loadMoreChats: () => Promise<boolean>;
}

/**
 * Every message of all chats once, those of a chat in order, across lost connections and also where nobody listened for a
 * while: what is not here any more is read. Deleted ones are left out. Ends with `signal`; a listener that takes its time holds up only itself.
 */
export async function* messageStream(
  source: StreamSource,
  read: ReadAfter,
  surroundings: Surroundings,
  { since = {}, signal = new AbortController().signal }: StreamOptions = {},
): AsyncGenerator<Message, void> {
  const reached = await begin(source, surroundings, { since, signal });
  const backoff = backoffOf(surroundings);
  const changed = changesOf(source, signal);
  const heads = lowestHeads(source);
  try {
    while (!signal.aborted) {
      const state = source.getSnapshot();
      // Beyond the head nothing can be reached, nor beyond what it was since the last look: the server has lost what it had.
      for (const { id, lastSeq } of [...heads.take(), ...state.list])
        if ((reached.get(id) ?? 0) > lastSeq) reached.set(id, lastSeq);
      const chat = state.list.find(({ id, lastSeq }) => (reached.get(id) ?? 0) < lastSeq);
      if (!chat) {
        // After a loss there may be more that are new than are listed at once.
        const mayBeMore = state.hasMoreChats && (await listAll(source, surroundings, signal));
        if (!mayBeMore) await changed();
        continue;
      }
      const { id: chatId, lastSeq } = chat;
      const after = reached.get(chatId) ?? 0;
      try {
        const { items, to } = here(state, chatId, after) ?? (await readOn(read, chat, after));
        backoff.reset();
        for (const message of items) {
          if (signal.aborted) return;
          reached.set(chatId, message.seq);
          if (message.deletedAt === undefined) yield message;
        }
        reached.set(chatId, to);
      } catch (error) {
        // A chat that one may not read any more has nothing to tell; it comes back from where it is then.
        if (isRetryable(error)) await pause(surroundings.clock, backoff.next(retryAfterOf(error)), signal);
        else reached.set(chatId, lastSeq);
      }
    }
  } finally {
    heads.off();
  }
}

const backoffOf = ({ random }: Surroundings): Backoff => new Backoff({ baseMs: 500, maxMs: 15_000 }, random);

/**
 * Where each chat is gone on with. All are listed for it: one that is not here yet is no new one, and may have something to tell as well. Of
 * such a chat, what was said until it is here is news too.
 */
async function begin(
  source: StreamSource,
  surroundings: Surroundings,
  { since, signal }: Required<StreamOptions>,
): Promise<Map<string, number>> {
  const firstSaid = new Map<string, number>();
  const off = source.onMessage(({ chatId, seq }) => {
    if (isComplete(source.getSnapshot())) firstSaid.set(chatId, Math.min(seq, firstSaid.get(chatId) ?? seq));
  });
  const first = await firstComplete(source, signal);
  await listAll(source, surroundings, signal);
  off();
  const heads = new Map<string, number>();
  for (const { id, lastSeq } of source.getSnapshot().list)
    heads.set(id, Math.min(lastSeq, (firstSaid.get(id) ?? Infinity) - 1));
  for (const { id, lastSeq } of first?.list ?? []) heads.set(id, lastSeq);
  return new Map([...heads, ...Object.entries(since)]);
}

/** Asks as often as it takes; false where that is over before all are listed. */
async function listAll(
  { getSnapshot, loadMoreChats }: StreamSource,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<boolean> {
  const backoff = backoffOf(surroundings);
  while (!signal.aborted && getSnapshot().hasMoreChats) {
    try {
      await loadMoreChats();
    } catch (error) {
      if (!isRetryable(error)) return false;
      await pause(surroundings.clock, backoff.next(retryAfterOf(error)), signal);
    }
  }
  return !signal.aborted;
}

interface Part {
  readonly items: readonly Message[];
  /** The last place that it speaks for. */
  readonly to: number;
}

const isComplete = ({ connection: { name } }: State): boolean => name === 'live' || name === 'degraded';

/** The state when it was complete first, at that very moment: it may not be for long. Undefined where `signal` aborts before. */
function firstComplete({ getSnapshot, onConnection }: StreamSource, signal: AbortSignal): Promise<State | undefined> {
  return new Promise((resolve) => {
    const look = () => {
      const state = getSnapshot();
      if (!isComplete(state) && !signal.aborted) return;
      off();
      signal.removeEventListener('abort', look);
      resolve(signal.aborted ? undefined : state);
    };
    const off = onConnection(look);
    signal.addEventListener('abort', look);
    look();
  });
}

/** What follows a place, where that is here. */
function here(state: State, chatId: string, after: number): Part | undefined {
  const segment = segmentAt(chatState(state, chatId)?.segments ?? [], after + 1);
  return segment && { items: segment.messages.slice(indexOfSeq(segment.messages, after + 1)), to: segment.to };
}

async function readOn(read: ReadAfter, { id, lastSeq }: Chat, after: number): Promise<Part> {
  const { items } = await read(id, after, pageMax);
  // What the page has beyond what is known here is told when it is known here: by then nobody takes it for what the server has lost.
  const known = items.filter(({ seq }) => seq <= lastSeq);
  return { items: known, to: known.at(-1)?.seq ?? lastSeq };
}

/**
 * Gives the lowest head of each chat at any moment since it was asked last in which the connection became another. A listener that takes
 * its time, and changes that are told once a turn, would else not see a loss after which as much was said as was lost.
 */
function lowestHeads({ getSnapshot, onConnection }: StreamSource) {
  let heads = new Map<string, Pick<Chat, 'id' | 'lastSeq'>>();
  const off = onConnection(() => {
    for (const { id, lastSeq } of getSnapshot().list)
      heads.set(id, { id, lastSeq: Math.min(lastSeq, heads.get(id)?.lastSeq ?? lastSeq) });
  });
  const take = () => {
    const all = heads.values();
    heads = new Map();
    return all;
  };
  return { take, off };
}

/** Waits for the next change, or for the end. */
function changesOf(store: Pick<Store, 'subscribe'>, signal: AbortSignal): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      const done = () => {
        off();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const off = store.subscribe(done);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
    });
}
