import { mongo } from 'mongoose';
import type { Collection } from 'mongoose';
import type { Clock } from '../kernel/clock.js';
import { bounded } from '../store/bounded.js';
import { duplicateKeyOf, isWriteConflict } from '../store/store-errors.js';
import type { Inserted } from './sequenced-log.js';

interface Bounds {
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Inserts consecutive entries of a log in order, up to the first that is refused. Throws where it is not known what is stored. */
export async function insertInOrder(
  collection: Collection,
  entries: readonly object[],
  { timeoutMs, clock }: Bounds,
): Promise<Inserted> {
  try {
    await bounded(collection.insertMany([...entries], { ordered: true }), timeoutMs, clock);
    return { kind: 'all' };
  } catch (error) {
    const count = error instanceof mongo.MongoBulkWriteError ? error.insertedCount : 0;
    if (isWriteConflict(error)) return { kind: 'conflict', count };
    if (!duplicateKeyOf(error)) throw error;
    return { kind: 'place taken', count };
  }
}
