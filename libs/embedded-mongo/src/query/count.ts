import type { Value } from '../bson/value.js';
import type { Collection } from '../storage/collection.js';
import { choosePlan, type Plan } from './plan.js';
import type { Filter } from './parse.js';
import { type Deadline, Results } from './select.js';

const CHUNK = 256;

/** How many documents match, behind `skip`, at most `limit` (0: all). Read from the index alone where it says it all. */
export function countMatches(
  collection: Collection,
  wish: { filter: Filter; skip: number; limit: number; hint: Value | undefined },
  deadline: Deadline,
): number {
  const plan = choosePlan(collection, wish.filter, [], wish.hint);
  const all = countByIndex(collection, plan) ?? countByReading(collection, wish, deadline);
  const behind = Math.max(0, all - wish.skip);
  return wish.limit === 0 ? behind : Math.min(behind, wish.limit);
}

/** Undefined where documents would have to be looked at, or may have several keys. */
function countByIndex(collection: Collection, plan: Plan): number | undefined {
  if (!plan.exact) return undefined;
  const { index } = plan;
  if (index === undefined) return collection.count;
  if (index.isMultikey) return undefined;
  const statement = collection.prepared(`SELECT count(*) AS n FROM ${index.table} WHERE k >= ? AND k < ?`);
  return plan.ranges.reduce((sum, { low, high }) => sum + Number(statement.get(low, high)!['n']), 0);
}

function countByReading(
  collection: Collection,
  { filter, hint, skip, limit }: { filter: Filter; hint: Value | undefined; skip: number; limit: number },
  deadline: Deadline,
): number {
  const results = new Results(collection, { filter, hint, sort: [], skip: 0, limit: limit === 0 ? 0 : skip + limit });
  let count = 0;
  for (let found = results.next(CHUNK, deadline); found.length > 0; found = results.next(CHUNK, deadline)) {
    count += found.length;
  }
  return count;
}
