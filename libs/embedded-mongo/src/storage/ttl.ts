import { decode } from '../bson/decode.js';
import { intervalsOf, toRanges } from '../query/interval.js';
import { openScan } from '../query/scan.js';
import { oneStep, type Steps } from '../turns.js';
import type { Collection } from './collection.js';
import type { IndexSpec } from './index-spec.js';
import type { Store } from './store.js';

/** How many documents are removed between two looks at the clock. */
const SOME_ROWS = 20;

/** Removes the documents whose time is over: those with a date in a TTL index's field more than its seconds ago. */
export function* sweepExpired(store: Store, nowMs: number): Steps<void> {
  for (const collection of store.all()) {
    for (const { spec } of collection.indexes) {
      if (spec.expireAfterSeconds === undefined) continue;
      while (!store.atomically(() => oneStep(() => removeSome(collection, spec, nowMs)))) yield;
    }
  }
}

/** Looks for them anew each time: between two steps the index or the collection may have gone. True when there are none left. */
function removeSome(collection: Collection, { name, expireAfterSeconds }: IndexSpec, nowMs: number): boolean {
  const index = collection.indexes.find(({ spec }) => spec.name === name);
  if (collection.dropped || index === undefined) return true;
  const until = new Date(nowMs - expireAfterSeconds! * 1000);
  const intervals = intervalsOf({ op: 'lte', value: until }, index.isMultikey)!;
  const ranges = toRanges([Buffer.alloc(0)], intervals.list, index.spec.fields[0]!.direction);
  const scan = openScan(collection, { index, ranges, backwards: false, exact: true, sorted: false, lookup: false });
  const size = collection.chunkRows(SOME_ROWS);
  const rows = scan.next(size);
  for (const { row, bytes } of rows) collection.remove(row, decode(bytes));
  return rows.length < size;
}
