import { describe, expect, it } from 'vitest';
import { SystemClock } from '../kernel/clock.js';
import { Reclaimed, SeenBefore, SequencedLog, TooContended } from './sequenced-log.js';
import type { Inserted, LogStore } from './sequenced-log.js';

interface Entry {
  readonly chatId: string;
  readonly place: number;
  readonly key?: string;
}

/** Two unique indexes in memory, answering a turn later as a store does. */
class MemoryStore implements LogStore<Entry> {
  readonly entries: Entry[] = [];
  readonly inserts: number[] = [];
  headReads = 0;
  broken = false;

  async readHead(chatId: string): Promise<number> {
    this.headReads++;
    await turn();
    return this.of(chatId).length;
  }

  async insert(entries: readonly Entry[]): Promise<Inserted> {
    this.inserts.push(entries.length);
    await turn();
    if (this.broken) throw new Error('no answer');
    for (const [count, entry] of entries.entries()) {
      const others = this.of(entry.chatId);
      if (others.some((other) => other.place === entry.place)) return { kind: 'place taken', count };
      if (entry.key && others.some((other) => other.key === entry.key)) return { kind: 'seen before', count };
      this.entries.push(entry);
    }
    return { kind: 'all' };
  }

  of(chatId: string): Entry[] {
    return this.entries.filter((entry) => entry.chatId === chatId);
  }
}

/** Nobody pauses. */
const impatient = Object.assign(new SystemClock(), { pauseUpTo: () => Promise.resolve() });
const turn = () => new Promise((resolve) => setImmediate(resolve));
const entry = (chatId: string, key?: string) => (place: number) => ({ chatId, place, ...(key && { key }) });
const upTo = (count: number) => Array.from({ length: count }, (_item, index) => index + 1);

/** Every insert takes 100 ms. */
function slowLog() {
  let now = 0;
  const store = new MemoryStore();
  const insert = store.insert.bind(store);
  store.insert = (entries) => {
    now += 100;
    return insert(entries);
  };
  return { store, log: new SequencedLog(store, { clock: Object.assign(new SystemClock(), { nowMs: () => now }) }) };
}

describe('SequencedLog', () => {
  it('M3 numbers the entries of one replica 1, 2, 3 … in the order they were given', async () => {
    const log = new SequencedLog(new MemoryStore());
    const stored = await Promise.all(upTo(250).map((n) => log.append('a', entry('a', `k${n}`))));
    expect(stored.map((one) => one.place)).toEqual(upTo(250));
    expect(stored.map((one) => one.key)).toEqual(upTo(250).map((n) => `k${n}`));
  });

  it('sends what waits behind a write as one insert', async () => {
    const store = new MemoryStore();
    const log = new SequencedLog(store);
    await Promise.all(upTo(30).map(() => log.append('a', entry('a'))));
    expect(store.inserts).toEqual([1, 29]);
    expect(store.headReads).toBe(1);
  });

  it('tries the next place after a lost one without reading, and reads where it is lost again', async () => {
    const store = new MemoryStore();
    const [first, second] = [new SequencedLog(store), new SequencedLog(store)];
    await first.append('a', entry('a'));
    await second.append('a', entry('a'));
    await first.append('a', entry('a'));
    expect([store.of('a').length, store.headReads]).toEqual([3, 2]);
    for (let n = 0; n < 3; n++) await first.append('a', entry('a'));
    await second.append('a', entry('a'));
    expect([store.of('a').map(({ place }) => place), store.headReads]).toEqual([upTo(7), 3]);
  });

  it('M3 gives back in its order what lost its place and is reclaimed, and tries the rest again', async () => {
    const store = new MemoryStore();
    const [log, other] = [new SequencedLog(store), new SequencedLog(store)];
    await log.append('a', entry('a'));
    await other.append('a', entry('a'));
    const asked: string[] = [];
    const append = (key: string, isReclaimed: boolean) =>
      log.append('a', entry('a', key), () => {
        asked.push(key);
        return isReclaimed;
      });
    const sent = Promise.allSettled([append('b', true), append('c', false), append('d', true)]);
    const [b, c, d] = await sent;
    expect(asked).toEqual(['b', 'c', 'd']);
    expect([b, d]).toMatchObject([{ reason: expect.any(Reclaimed) }, { reason: expect.any(Reclaimed) }]);
    expect(c).toMatchObject({ value: { place: 3 } });
    expect(store.of('a').map(({ key }) => key)).toEqual([undefined, undefined, 'c']);
  });

  it('M3 leaves no hole and takes no place twice where three replicas append at once', async () => {
    const store = new MemoryStore();
    const replicas = upTo(3).map(() => new SequencedLog(store));
    await Promise.all(upTo(300).map((n) => replicas[n % 3]!.append('a', entry('a'))));
    expect(store.of('a').map((one) => one.place)).toEqual(upTo(300));
  });

  it('M5 tells who appends what was stored before, and closes the gap behind it', async () => {
    const store = new MemoryStore();
    const log = new SequencedLog(store);
    await log.append('a', entry('a', 'first'));
    const results = await Promise.allSettled(
      ['second', 'first', 'third'].map((key) => log.append('a', entry('a', key))),
    );
    expect(results.map((one) => one.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(SeenBefore);
    expect(store.of('a').map((one) => [one.place, one.key])).toEqual([
      [1, 'first'],
      [2, 'second'],
      [3, 'third'],
    ]);
  });

  it('goes on at the place another replica was heard to have taken, without a lost round', async () => {
    const store = new MemoryStore();
    const rounds: number[] = [];
    const one = new SequencedLog(store, { observe: ({ lost }) => rounds.push(lost) });
    const other = new SequencedLog(store);
    await one.append('a', entry('a'));
    await other.append('a', entry('a'));
    one.heard('a', 2);
    expect((await one.append('a', entry('a'))).place).toBe(3);
    expect(rounds).toEqual([0, 0]);
  });

  it('gives up with TooContended where every round is lost', async () => {
    const store = new MemoryStore();
    store.insert = async () => ({ kind: 'place taken', count: 0 });
    const log = new SequencedLog(store, { clock: impatient });
    await expect(log.append('a', entry('a'))).rejects.toBeInstanceOf(TooContended);
  });

  it('fails the whole batch where the store gave no answer, and asks for the head before the next', async () => {
    const store = new MemoryStore();
    const log = new SequencedLog(store);
    await log.append('a', entry('a'));
    store.broken = true;
    await expect(log.append('a', entry('a'))).rejects.toThrow('no answer');
    store.broken = false;
    expect((await log.append('a', entry('a'))).place).toBe(2);
    expect(store.headReads).toBe(2);
  });

  it('tells those behind an insert without an answer the same, instead of waiting for another', async () => {
    const store = new MemoryStore();
    const log = new SequencedLog(store);
    store.broken = true;
    const results = await Promise.allSettled(upTo(3).map(() => log.append('a', entry('a'))));
    expect(results.map((one) => one.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(store.inserts).toEqual([1]);
  });

  it('keeps chats apart', async () => {
    const store = new MemoryStore();
    const log = new SequencedLog(store);
    await Promise.all(['a', 'b', 'a', 'b', 'a'].map((chatId) => log.append(chatId, entry(chatId))));
    expect(store.of('a').map((one) => one.place)).toEqual([1, 2, 3]);
    expect(store.of('b').map((one) => one.place)).toEqual([1, 2]);
  });

  describe('tells how long an entry would wait', () => {
    it('by how long the last inserts took, and how many have to come first', async () => {
      const { log } = slowLog();
      await log.append('a', entry('a'));
      await turn();
      expect(log.expectedWaitMs('a')).toBe(0);
      const busy = upTo(250).map(() => log.append('a', entry('a')));
      expect(['a', 'b'].map((chatId) => log.expectedWaitMs(chatId))).toEqual([400, 100]);
      await Promise.all(busy);
      await turn();
      expect(log.expectedWaitMs('a')).toBe(0);
    });

    it('as not known where the store gave no answer: that is no queue', async () => {
      const { log, store } = slowLog();
      await log.append('a', entry('a'));
      await turn();
      store.broken = true;
      await expect(log.append('a', entry('a'))).rejects.toThrow('no answer');
      await turn();
      store.broken = false;
      const next = log.append('a', entry('a'));
      expect(log.expectedWaitMs('a')).toBe(0);
      await next;
    });
  });
});
