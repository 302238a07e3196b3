import type { StatementSync } from 'node:sqlite';
import { asBuffer, type Collection, type Row } from '../storage/collection.js';
import type { Index } from '../storage/index.js';
import type { KeyRange } from './interval.js';
import type { Plan } from './plan.js';

/**
 * Reads the rows of a plan in chunks. Between two chunks it remembers only the last key, so it holds no lock, and rows
 * written meanwhile may or may not be seen, as with MongoDB's cursors.
 */
export interface Scan {
  /** Up to `limit` further rows; none means the end. */
  next(limit: number): Row[];
}

export function openScan(collection: Collection, plan: Plan): Scan {
  if (plan.index === undefined) return collectionScan(collection, plan.backwards);
  return new IndexScan(collection, plan.index, plan.ranges, plan.backwards);
}

function collectionScan(collection: Collection, backwards: boolean): Scan {
  let from = backwards ? Number.MAX_SAFE_INTEGER : 0;
  return {
    next(limit) {
      const rows = collection.rowsFrom(from, limit, backwards);
      from = rows.at(-1)?.row ?? from;
      return rows;
    },
  };
}

interface KeyRow {
  k: Uint8Array;
  r: number;
  doc: Uint8Array;
}

class IndexScan implements Scan {
  private readonly statement: StatementSync;
  private readonly ranges: KeyRange[];
  private at = 0;
  /** Rows given already, where a document may have several keys in the ranges. */
  private readonly seen: Set<number> | undefined;

  constructor(
    collection: Collection,
    index: Index,
    ranges: KeyRange[],
    private readonly backwards: boolean,
  ) {
    const order = backwards ? 'DESC' : 'ASC';
    this.statement = collection.prepared(
      `SELECT i.k AS k, i.r AS r, c.doc AS doc FROM ${index.table} i CROSS JOIN ${collection.table} c ON c.r = i.r
       WHERE i.k >= ? AND i.k < ? ORDER BY i.k ${order} LIMIT ?`,
    );
    this.ranges = backwards ? ranges.toReversed() : [...ranges];
    this.seen = index.isMultikey ? new Set() : undefined;
  }

  next(limit: number): Row[] {
    const found: Row[] = [];
    while (found.length < limit && this.at < this.ranges.length) {
      const range = this.ranges[this.at]!;
      const wanted = limit - found.length;
      const rows = this.statement.all(range.low, range.high, wanted) as unknown as KeyRow[];
      for (const { r, doc } of rows) {
        if (this.seen?.has(r)) continue;
        this.seen?.add(r);
        found.push({ row: r, bytes: asBuffer(doc) });
      }
      if (rows.length < wanted) this.at += 1;
      else this.ranges[this.at] = this.behind(range, asBuffer(rows.at(-1)!.k));
    }
    return found;
  }

  /** The rest of the range: from the least key above the last one on, or below it. */
  private behind(range: KeyRange, last: Buffer): KeyRange {
    if (this.backwards) return { low: range.low, high: last };
    return { low: Buffer.concat([last, Buffer.from([0])]), high: range.high };
  }
}
