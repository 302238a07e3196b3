import { randomBytes } from 'node:crypto';
import { CommandError } from './errors.js';
import type { Deadline } from './query/select.js';

/** Where a cursor's documents come from. */
export interface DocumentSource {
  /** Up to `wanted` further documents as BSON; none means the end. */
  next(wanted: number, deadline: Deadline): Uint8Array[];
  readonly finished: boolean;
}

/** The first reply holds this many documents if the client does not say, as MongoDB's. */
const FIRST_BATCH = 101;
/** Keeps a reply below the limit of a message. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;
const MAX_IDLE_MS = 10 * 60_000;
const STEP = 128;

/** A result that is handed out in batches. */
export class Cursor {
  private spare: Uint8Array[] = [];
  usedAt = 0;

  constructor(
    readonly namespace: string,
    private readonly source: DocumentSource,
    /** True once the collection is gone. */
    private readonly isGone: () => boolean,
  ) {}

  get finished(): boolean {
    return this.spare.length === 0 && this.source.finished;
  }

  /** Up to `size` documents, fewer if they are large, at least one if there is one. */
  batch(size: number, deadline: Deadline): Uint8Array[] {
    if (this.isGone()) throw new CommandError('QueryPlanKilled', `collection dropped: ${this.namespace}`);
    const batch: Uint8Array[] = [];
    let bytes = 0;
    while (batch.length < size) {
      if (this.spare.length === 0) this.spare = this.source.next(Math.min(STEP, size - batch.length), deadline);
      const next = this.spare[0];
      if (next === undefined || (batch.length > 0 && bytes + next.length > MAX_BATCH_BYTES)) break;
      this.spare.shift();
      batch.push(next);
      bytes += next.length;
    }
    return batch;
  }
}

/** The open cursors of the server. */
export class Cursors {
  private readonly open = new Map<bigint, Cursor>();

  constructor(private readonly clock: () => number) {}

  get size(): number {
    return this.open.size;
  }

  /** The first batch, and the number under which the rest can be had; 0 if there is no rest. */
  start(cursor: Cursor, batchSize: number | undefined, single: boolean, deadline: Deadline) {
    const batch = cursor.batch(batchSize ?? FIRST_BATCH, deadline);
    if (single || cursor.finished) return { batch, id: 0n };
    const id = randomBytes(8).readBigInt64BE() | 1n;
    cursor.usedAt = this.clock();
    this.open.set(id, cursor);
    return { batch, id };
  }

  more(id: bigint, namespace: string, batchSize: number | undefined, deadline: Deadline) {
    const cursor = this.open.get(id);
    if (cursor?.namespace !== namespace) throw new CommandError('CursorNotFound', `cursor id ${id} not found`);
    this.open.delete(id);
    const batch = cursor.batch(batchSize ?? Infinity, deadline);
    if (cursor.finished) return { batch, id: 0n };
    cursor.usedAt = this.clock();
    this.open.set(id, cursor);
    return { batch, id };
  }

  kill(id: bigint, namespace: string): boolean {
    return this.open.get(id)?.namespace === namespace && this.open.delete(id);
  }

  /** Forgets cursors that nobody has asked for in a while. */
  expire(): void {
    const before = this.clock() - MAX_IDLE_MS;
    for (const [id, cursor] of this.open) if (cursor.usedAt < before) this.open.delete(id);
  }
}
