import type { StatementSync } from 'node:sqlite';
import { asBuffer, type Collection, type Row } from '../storage/collection.js';
import type { KeyRange } from './interval.js';
import type { Plan } from './plan.js';

/**
 * Reads the rows of a plan in chunks. Between two chunks it remembers only the last key, so it holds no lock, and rows
 * written meanwhile may or may not be seen, as with MongoDB's cursors.
 */
export interface Scan {
  /** Up to `limit` further rows; fewer mean the end. */
  next(limit: number): Row[];
  /** As `next`, the documents alone: several times as fast, where it is possible at all. */
  nextDocuments?(limit: number): Buffer[];
}

export function openScan(collection: Collection, plan: Plan): Scan {
  if (plan.index === undefined) return collectionScan(collection, plan.backwards);
  if (plan.lookup) return lookupScan(collection, plan.index.table, plan.ranges, plan.backwards);
  return plan.index.isMultikey ? distinctScan(new RangeScan(collection, plan)) : new RangeScan(collection, plan);
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

interface Page {
  n: number;
  last: Uint8Array | null;
  docs: Uint8Array | null;
}

class RangeScan implements Scan {
  private readonly rows: StatementSync;
  private readonly pages: StatementSync;
  private readonly ranges: KeyRange[];
  private readonly backwards: boolean;
  private at = 0;

  constructor(collection: Collection, { index, ranges, backwards }: Plan) {
    const source = `SELECT i.k AS k, i.r AS r, c.doc AS doc FROM ${index!.table} i CROSS JOIN ${collection.table} c ON c.r = i.r
      WHERE i.k >= ? AND i.k < ? ORDER BY i.k ${backwards ? 'DESC' : 'ASC'} LIMIT ?`;
    this.rows = collection.prepared(source);
    // What costs is every single value handed to JavaScript. BSON carries its own length, so a page can come as one.
    this.pages = collection.prepared(
      `SELECT count(*) AS n, ${backwards ? 'min' : 'max'}(k) AS last, CAST(group_concat(doc, '') AS BLOB) AS docs FROM (${source})`,
    );
    this.ranges = backwards ? ranges.toReversed() : [...ranges];
    this.backwards = backwards;
  }

  next(limit: number): Row[] {
    const found: Row[] = [];
    this.read(limit, (range, wanted) => {
      const rows = this.rows.all(range.low, range.high, wanted) as unknown as KeyRow[];
      for (const { r, doc } of rows) found.push({ row: r, bytes: asBuffer(doc) });
      return { read: rows.length, last: rows.at(-1)?.k };
    });
    return found;
  }

  nextDocuments(limit: number): Buffer[] {
    const found: Buffer[] = [];
    this.read(limit, (range, wanted) => {
      const { n, last, docs } = this.pages.get(range.low, range.high, wanted) as unknown as Page;
      if (docs !== null) cutInto(found, asBuffer(docs));
      return { read: n, last: last ?? undefined };
    });
    return found;
  }

  private read(
    limit: number,
    readRange: (range: KeyRange, wanted: number) => { read: number; last: Uint8Array | undefined },
  ): void {
    let left = limit;
    while (left > 0 && this.at < this.ranges.length) {
      const range = this.ranges[this.at]!;
      const { read, last } = readRange(range, left);
      if (read < left || last === undefined) this.at += 1;
      else this.ranges[this.at] = this.behind(range, asBuffer(last));
      left -= read;
    }
  }

  /** The rest of the range: from the least key above the last one on, or below it. */
  private behind(range: KeyRange, last: Buffer): KeyRange {
    if (this.backwards) return { low: range.low, high: last };
    return { low: Buffer.concat([last, Buffer.from([0])]), high: range.high };
  }
}

function cutInto(found: Buffer[], docs: Buffer): void {
  for (let at = 0; at < docs.length;) {
    const end = at + docs.readInt32LE(at);
    found.push(docs.subarray(at, end));
    at = end;
  }
}

/** Where a document may have several keys in the ranges it is given once. */
function distinctScan(scan: Scan): Scan {
  const seen = new Set<number>();
  return {
    next(limit) {
      const found: Row[] = [];
      while (found.length < limit) {
        const wanted = limit - found.length;
        const rows = scan.next(wanted);
        for (const one of rows) {
          if (!seen.has(one.row)) found.push(one);
          seen.add(one.row);
        }
        if (rows.length < wanted) break;
      }
      return found;
    },
  };
}

/** How many keys are looked up by one statement. */
const LOOKUPS = 64;

/** For ranges that hold one key each: many of them (`_id: { $in: [...] }`) are looked up at a time. */
function lookupScan(collection: Collection, table: string, ranges: KeyRange[], backwards: boolean): Scan {
  const keys = (backwards ? ranges.toReversed() : ranges).map(({ low }) => low);
  const size = keys.length === 1 ? 1 : LOOKUPS;
  const statement = collection.prepared(
    `SELECT i.r AS r, c.doc AS doc FROM ${table} i CROSS JOIN ${collection.table} c ON c.r = i.r
     WHERE i.k IN (${Array(size).fill('?').join()}) ORDER BY i.k ${backwards ? 'DESC' : 'ASC'}`,
  );
  let at = 0;
  return {
    next(limit) {
      const found: Row[] = [];
      while (found.length < limit && at < keys.length) {
        const some = keys.slice(at, at + Math.min(size, limit - found.length));
        at += some.length;
        const filled = [...some, ...Array<Buffer>(size - some.length).fill(some[0]!)];
        const rows = statement.all(...filled) as unknown as KeyRow[];
        for (const { r, doc } of rows) found.push({ row: r, bytes: asBuffer(doc) });
      }
      return found;
    },
  };
}
