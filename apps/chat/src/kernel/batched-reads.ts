import { guardedListener, runInBackground } from './boundary.js';

export interface BatchedReadsOptions<Key, Value> {
  /** Keys of the same id are the same. */
  readonly idOf: (key: Key) => string;
  /** What it gives of the keys, by id; what is not there is left out. */
  readonly read: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Value>>;
  /** Keys in one read. */
  readonly keysMax: number;
}

/** Reads under way at the same time: who asks meanwhile goes with the next one. */
const readsAtOnce = 2;

interface Batch<Key, Value> {
  readonly keys: Map<string, Key>;
  readonly result: PromiseWithResolvers<ReadonlyMap<string, Value>>;
}

/**
 * Reads what many ask for in few reads: all that is wanted in a turn of the event loop, and while others are under way, goes
 * together, and what several want is read once. The busier it is, the fewer reads each costs. A read begins after all
 * who share it have asked: nobody is answered with what was true before.
 */
export class BatchedReads<Key, Value> {
  private readonly waiting: Batch<Key, Value>[] = [];
  /** The batch that waits with a key, by id. */
  private readonly batches = new Map<string, Batch<Key, Value>>();
  private running = 0;
  private isPlanned = false;

  constructor(private readonly options: BatchedReadsOptions<Key, Value>) {}

  /** What there is of these keys, by id. */
  async of(keys: readonly Key[]): Promise<Map<string, Value>> {
    const asked = keys.map((key) => [this.options.idOf(key), this.batchOf(key)] as const);
    this.plan();
    const found = new Map<string, Value>();
    for (const [id, batch] of asked) {
      const value = (await batch.result.promise).get(id);
      if (value !== undefined) found.set(id, value);
    }
    return found;
  }

  private batchOf(key: Key): Batch<Key, Value> {
    const id = this.options.idOf(key);
    const present = this.batches.get(id);
    if (present) return present;
    let batch = this.waiting.at(-1);
    if (!batch || batch.keys.size >= this.options.keysMax) {
      batch = { keys: new Map(), result: Promise.withResolvers() };
      // Who asked hears of a failure; the batch itself has nobody else.
      batch.result.promise.catch(() => undefined);
      this.waiting.push(batch);
    }
    batch.keys.set(id, key);
    this.batches.set(id, batch);
    return batch;
  }

  private plan(): void {
    if (this.isPlanned || this.waiting.length === 0) return;
    this.isPlanned = true;
    setImmediate(guardedListener('batched reads', () => this.begin()));
  }

  private begin(): void {
    this.isPlanned = false;
    while (this.running < readsAtOnce && this.waiting.length > 0) {
      const batch = this.waiting.shift()!;
      for (const id of batch.keys.keys()) this.batches.delete(id);
      runInBackground('batched reads', () => this.run(batch));
    }
  }

  private async run({ keys, result }: Batch<Key, Value>): Promise<void> {
    this.running++;
    try {
      result.resolve(await this.options.read([...keys.values()]));
    } catch (error) {
      result.reject(error);
    } finally {
      this.running--;
      this.plan();
    }
  }
}
