import { decode } from '../bson/decode.js';
import { intervalsOf, toRanges } from '../query/interval.js';
import { openScan } from '../query/scan.js';
import type { Collection } from './collection.js';
import type { Index } from './index.js';
import type { Store } from './store.js';

/** How many documents of one index go in one transaction: commands wait so long and no longer. */
const CHUNK = 1000;

/** Removes the documents whose time is over: those with a date in a TTL index's field more than its seconds ago. */
export function sweepExpired(store: Store, nowMs: number): void {
  for (const collection of store.all()) {
    for (const index of collection.indexes) {
      if (index.spec.expireAfterSeconds !== undefined) sweepIndex(store, collection, index, nowMs);
    }
  }
}

function sweepIndex(store: Store, collection: Collection, index: Index, nowMs: number): void {
  const until = new Date(nowMs - index.spec.expireAfterSeconds! * 1000);
  const intervals = intervalsOf({ op: 'lte', value: until }, index.isMultikey)!;
  const ranges = toRanges([Buffer.alloc(0)], intervals.list, index.spec.fields[0]!.direction);
  const scan = openScan(collection, { index, ranges, backwards: false, exact: true, sorted: false, lookup: false });
  const size = collection.chunkRows(CHUNK);
  for (let rows = scan.next(size); rows.length > 0; rows = scan.next(size)) {
    store.begin();
    try {
      for (const { row, bytes } of rows) collection.remove(row, decode(bytes));
      store.commit();
    } catch (error) {
      store.rollback();
      throw error;
    }
  }
}
