import { entriesMax } from './envelopes.js';
import type { Stretch } from './envelopes.js';

/** An entry, and who waits for it. */
export interface Item<Entry, Stored> {
  readonly entry: Entry;
  readonly stored: (stored: Stored) => void;
  readonly failed: (error: unknown) => void;
  handedAtMs: number;
}

/** What was handed to one home for one chat and is not decided yet, by its number. */
export interface Stream<Entry, Stored> {
  readonly chatId: string;
  readonly home: string;
  readonly epoch: number;
  readonly outstanding: Map<number, Item<Entry, Stored>>;
  next: number;
  /** The first number that was not sent yet. */
  unsent: number;
  /** The last number that is known to be stored: then all before it are, for the home tries nothing behind a failure. */
  storedUpTo: number;
  /** The home takes no more of it. */
  isOver: boolean;
}

/** What streams have to send, so much at a time as one message holds; it counts as sent then. */
export function* unsentOf<Entry, Stored>(
  streams: readonly Stream<Entry, Stored>[],
): Generator<ReadonlyMap<Stream<Entry, Stored>, Stretch<Entry>>> {
  for (let rest = streams; rest.length > 0; rest = rest.filter(({ unsent, next }) => unsent < next)) {
    const sent = new Map<Stream<Entry, Stored>, Stretch<Entry>>();
    let room = entriesMax;
    for (const stream of rest) {
      const { chatId, epoch, outstanding, unsent: first, next } = stream;
      const count = Math.min(next - first, room);
      if (count === 0) continue;
      const numbers = Array.from({ length: count }, (_, index) => first + index);
      sent.set(stream, { chatId, epoch, first, entries: numbers.flatMap((n) => outstanding.get(n)?.entry ?? []) });
      stream.unsent += count;
      room -= count;
    }
    yield sent;
  }
}
