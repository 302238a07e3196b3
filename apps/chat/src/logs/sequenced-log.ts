import { LRUCache } from 'lru-cache';
import { atMost } from '../kernel/at-most.js';
import { runInBackground } from '../kernel/boundary.js';
import { systemClock } from '../kernel/clock.js';
import type { Clock } from '../kernel/clock.js';
import { RecentAverage } from './recent-average.js';

/** What a store says about an ordered insert of consecutive entries: all in, or the first that is not, and why. */
export type Inserted =
  | { readonly kind: 'all' }
  /** Entries before `count` are stored; at `count` the place was taken by somebody else. */
  | { readonly kind: 'place taken'; readonly count: number }
  /** Entries before `count` are stored; at `count` another writer was met, and may have been given up as well. */
  | { readonly kind: 'conflict'; readonly count: number }
  /** Entries before `count` are stored; the entry at `count` is one that was stored before, under another place. */
  | { readonly kind: 'seen before'; readonly count: number };

/** Where the entries of all chats are kept, under a unique index on chat and place. */
export interface LogStore<Entry> {
  /** The highest place taken in a chat, 0 for none. */
  readHead(chatId: string): Promise<number>;
  /** Inserts in order, stops at the first refusal. Throws where the store gave no answer: some may be stored then. */
  insert(entries: readonly Entry[]): Promise<Inserted>;
}

/** The entry was stored before, under another place: the caller decides whether that is a harmless retry. */
export class SeenBefore extends Error {
  override readonly name = 'SeenBefore';
}

/** Other replicas were faster too often in a row. */
export class TooContended extends Error {
  override readonly name = 'TooContended';
}

/** Another replica was faster, and whoever asked took the entry back: it is not stored. */
export class Reclaimed extends Error {
  override readonly name = 'Reclaimed';
}

/** An entry to be stored, and who is told at the instant it is decided, before anything else happens in its chat. */
export interface Waiting<Entry> {
  readonly make: (place: number) => Entry;
  readonly stored: (entry: Entry) => void;
  readonly failed: (error: unknown) => void;
  /** Asked where another replica was faster: takes the entry back, or says that it is to be tried again, as it is without this. */
  readonly reclaim?: (() => boolean) | undefined;
}

interface Lane<Entry> {
  readonly waiting: Waiting<Entry>[];
  /** How long an insert of this chat takes, with those before it that were lost. */
  readonly roundMs: RecentAverage;
}

export interface SequencedLogOptions {
  /** Told after each round: how many entries went out together, how many lost their place to another replica. */
  readonly observe?: (round: { readonly chatId: string; readonly size: number; readonly lost: number }) => void;
  /** Spreads the retries of replicas that collided, and says how long it takes to be stored. */
  readonly clock?: Clock;
}

/** Entries in one insert: bounds the size of a command (100 messages of 8,000 characters are below 4 MB). */
export const batchMax = 100;
/** Lost rounds in a row before a caller is told to try again later. */
const lostRoundsMax = 50;
/** Chats whose head is remembered; a forgotten one costs one indexed read. */
const headsMax = 20_000;

/**
 * An append-only log per chat (or per person: whatever its key names) whose places are numbered 1, 2, 3 … without holes, by any number of replicas at once.
 *
 * The store's unique index is the sequencer: a replica tries `head + 1`, and where two try the same place one of them
 * loses, reads the head again and retries. Only `head + 1` is ever tried and nothing is removed, so a number is taken
 * at the instant it becomes visible: there is no counter to run ahead of the data and nothing to repair after a crash.
 *
 * While a batch of a chat is on its way, further entries for that chat wait and go out together as one ordered insert
 * (group commit): the busier a chat, the fewer writes an entry costs.
 */
export class SequencedLog<Entry> {
  private readonly lanes = new Map<string, Lane<Entry>>();
  private readonly heads = new LRUCache<string, number>(atMost(headsMax));
  private readonly roundMs = new RecentAverage();
  private readonly observe: NonNullable<SequencedLogOptions['observe']>;
  private readonly clock: Clock;

  constructor(
    private readonly store: LogStore<Entry>,
    { observe = () => undefined, clock = systemClock }: SequencedLogOptions = {},
  ) {
    this.observe = observe;
    this.clock = clock;
  }

  /**
   * Stores one entry at the next place of a chat and gives it as stored.
   *
   * @throws SeenBefore, TooContended, Reclaimed, or what the store threw: then it is not known whether the entry was stored.
   */
  append(chatId: string, make: (place: number) => Entry, reclaim?: Waiting<Entry>['reclaim']): Promise<Entry> {
    return new Promise((stored, failed) => this.enqueue(chatId, { make, stored, failed, reclaim }));
  }

  /** The same for whoever has to know of a failure before anything that was asked for later is tried. */
  enqueue(chatId: string, waiting: Waiting<Entry>): void {
    const lane = this.lanes.get(chatId);
    if (lane) {
      lane.waiting.push(waiting);
      return;
    }
    const opened = { waiting: [waiting], roundMs: new RecentAverage() };
    this.lanes.set(chatId, opened);
    runInBackground('sequenced log', () => this.drain(chatId, opened));
  }

  /** How long an entry that came now would wait to be stored, by how long the last ones took. */
  expectedWaitMs(chatId: string): number {
    if (this.lanes.size === 0) return 0;
    const lane = this.lanes.get(chatId);
    const rounds = 1 + (lane ? Math.ceil((lane.waiting.length + 1) / batchMax) : 0);
    return rounds * (lane?.roundMs.value ?? this.roundMs.value ?? 0);
  }

  /** News from another replica: a place is taken. Saves the collision that would tell us. */
  heard(chatId: string, place: number): void {
    const known = this.heads.peek(chatId);
    if (known !== undefined && known < place) this.heads.set(chatId, place);
  }

  /** Never rejects: every failure goes to those who wait. */
  private async drain(chatId: string, lane: Lane<Entry>): Promise<void> {
    let lostRounds = 0;
    let beganMs = this.clock.nowMs();
    while (lane.waiting.length > 0) {
      const batch = lane.waiting.splice(0, batchMax);
      const rest = await this.commit(chatId, batch, lostRounds);
      if (rest === 'no answer') {
        [lostRounds, beganMs] = [0, this.clock.nowMs()];
        continue;
      }
      lane.waiting.unshift(...rest);
      lostRounds = rest.length === batch.length ? lostRounds + 1 : 0;
      if (lostRounds > lostRoundsMax) {
        for (const one of lane.waiting.splice(0)) one.failed(new TooContended());
      } else if (lostRounds > 1) {
        await this.clock.pauseUpTo(Math.min(2 ** lostRounds, 32));
      } else if (lostRounds === 0) {
        const endedMs = this.clock.nowMs();
        for (const average of [lane.roundMs, this.roundMs]) average.add(endedMs - beganMs);
        beganMs = endedMs;
      }
    }
    this.lanes.delete(chatId);
  }

  /** One ordered insert. Settles what was decided and gives back what has to be tried again. */
  private async commit(
    chatId: string,
    batch: readonly Waiting<Entry>[],
    lostRounds: number,
  ): Promise<readonly Waiting<Entry>[] | 'no answer'> {
    try {
      const head = this.heads.get(chatId) ?? (await this.store.readHead(chatId));
      const entries = batch.map((one, index) => one.make(head + 1 + index));
      const inserted = await this.store.insert(entries);
      const count = inserted.kind === 'all' ? batch.length : inserted.count;
      entries.slice(0, count).forEach((entry, index) => batch[index]?.stored(entry));
      const lost = inserted.kind === 'place taken' || inserted.kind === 'conflict' ? batch.length - count : 0;
      this.observe({ chatId, size: batch.length, lost });
      switch (inserted.kind) {
        case 'all':
          this.remember(chatId, head + count);
          return [];
        case 'seen before':
          this.remember(chatId, head + count);
          batch[count]?.failed(new SeenBefore());
          return batch.slice(count + 1);
        case 'place taken':
          // Who sends little lost to one that sends little: the place after the taken one is likely free, and saves a read.
          if (batch.length === 1 && lostRounds === 0) this.remember(chatId, head + 1);
          else this.heads.delete(chatId);
          return this.letGo(chatId, batch.slice(count));
        case 'conflict':
          this.heads.delete(chatId);
          return this.letGo(chatId, batch.slice(count));
      }
    } catch (error) {
      // What is stored is not known now: the next round asks. Nobody waits for one time-out after another.
      this.heads.delete(chatId);
      this.roundMs.forget();
      for (const one of [...batch, ...(this.lanes.get(chatId)?.waiting.splice(0) ?? [])]) one.failed(error);
      return 'no answer';
    }
  }

  /** After a loss: what is reclaimed leaves in its order, also what waits behind. Gives what of `lost` stays. */
  private letGo(chatId: string, lost: readonly Waiting<Entry>[]): readonly Waiting<Entry>[] {
    const stays = ({ reclaim, failed }: Waiting<Entry>) => {
      if (reclaim?.() !== true) return true;
      failed(new Reclaimed());
      return false;
    };
    const staying = lost.filter(stays);
    const waiting = this.lanes.get(chatId)?.waiting;
    waiting?.unshift(...waiting.splice(0).filter(stays));
    return staying;
  }

  /** Never backwards: a later place may have been heard of while the write was on its way. */
  private remember(chatId: string, head: number): void {
    this.heads.set(chatId, Math.max(head, this.heads.peek(chatId) ?? 0));
  }
}
