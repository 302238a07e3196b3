import { decode } from '../bson/decode.js';
import type { Doc, Value } from '../bson/value.js';
import { CommandError } from '../errors.js';
import type { Collection } from '../storage/collection.js';
import { compileFilter, type Predicate } from './match.js';
import type { Filter } from './parse.js';
import { choosePlan, type Plan } from './plan.js';
import { openScan, type Scan } from './scan.js';
import { type SortField, sortKey } from './sort.js';

export interface Selection {
  filter: Filter;
  sort: SortField[];
  skip: number;
  /** 0: all. */
  limit: number;
  hint: Value | undefined;
}

/** A document found. `doc` is there if it had to be decoded on the way. */
export interface Found {
  row: number;
  bytes: Buffer;
  doc: Doc | undefined;
}

/** Until when a command may run, by its `maxTimeMS`. */
export interface Deadline {
  check(): void;
}

/** What a sort without an index may hold, as MongoDB's own limit. */
const MAX_SORT_BYTES = 100 * 1024 * 1024;
const CHUNK = 256;
/** From so many documents on it pays to have SQLite join them to one. */
const PAGE = 8;

/** The documents of a selection, in order, a batch at a time. */
export class Results {
  readonly plan: Plan;
  examined = { keys: 0, docs: 0 };
  private readonly scan: Scan;
  private readonly matches: Predicate | undefined;
  private skip: number;
  private left: number;
  private buffered: Found[] | undefined;
  private taken = 0;
  private pending: Found[] = [];
  private growing = 4;
  private ended = false;

  constructor(
    readonly collection: Collection,
    private readonly selection: Selection,
  ) {
    this.plan = choosePlan(collection, selection.filter, selection.sort, selection.hint);
    this.scan = openScan(collection, this.plan);
    this.matches = this.plan.exact ? undefined : compileFilter(selection.filter);
    this.skip = selection.skip;
    this.left = selection.limit === 0 ? Infinity : selection.limit;
  }

  /** Nothing is left to read. May become true only with the read after the last document. */
  get finished(): boolean {
    if (this.buffered !== undefined) return this.taken >= this.buffered.length;
    return this.left === 0 || (this.ended && this.pending.length === 0);
  }

  /** Up to `wanted` further documents; none means the end. */
  next(wanted: number, deadline: Deadline): Found[] {
    if (!this.plan.sorted) return this.nextBuffered(wanted, deadline);
    const found: Found[] = [];
    while (found.length < wanted && this.left > 0) {
      if (this.pending.length === 0) {
        const chunk = this.read(this.chunkSize(wanted - found.length), deadline);
        if (chunk === undefined) break;
        this.pending = chunk;
      }
      const taken = this.pending.splice(0, this.skip + Math.min(wanted - found.length, this.left));
      const skipped = Math.min(this.skip, taken.length);
      this.skip -= skipped;
      this.left -= taken.length - skipped;
      found.push(...taken.slice(skipped));
    }
    return found;
  }

  /** As `next`, the documents alone; the fast way where every row of the plan is an answer and comes in order. */
  nextDocuments(wanted: number, deadline: Deadline): Buffer[] {
    const few = this.skip + Math.min(wanted, this.left) < PAGE;
    if (few || this.matches !== undefined || !this.plan.sorted || this.scan.nextDocuments === undefined) {
      return this.next(wanted, deadline).map(({ bytes }) => bytes);
    }
    const found: Buffer[] = [];
    while (found.length < wanted && this.left > 0 && !this.ended) {
      deadline.check();
      const limit = this.chunkSize(wanted - found.length);
      const docs = this.scan.nextDocuments(limit);
      this.ended = docs.length < limit;
      const fresh = docs.slice(this.skip);
      this.skip -= docs.length - fresh.length;
      this.left -= fresh.length;
      found.push(...fresh);
    }
    return found;
  }

  /** No more than needed where every row is an answer, else growing: a filter may let few rows through. */
  private chunkSize(wanted: number): number {
    const most = this.collection.chunkRows(CHUNK);
    const needed = Math.min(most, this.skip + Math.min(wanted, this.left));
    if (this.matches === undefined) return needed;
    this.growing = Math.min(most, Math.max(needed, this.growing * 2));
    return this.growing;
  }

  /** The matches among the next rows, at most `limit`; undefined at the end. */
  private read(limit: number, deadline: Deadline): Found[] | undefined {
    deadline.check();
    const rows = this.scan.next(limit);
    this.ended = rows.length < limit;
    if (rows.length === 0) return undefined;
    this.examined.docs += rows.length;
    if (this.plan.index !== undefined) this.examined.keys += rows.length;
    if (this.matches === undefined) return rows.map(({ row, bytes }) => ({ row, bytes, doc: undefined }));
    const found: Found[] = [];
    for (const { row, bytes } of rows) {
      const doc = decode(bytes);
      if (this.matches(doc)) found.push({ row, bytes, doc });
    }
    return found;
  }

  private nextBuffered(wanted: number, deadline: Deadline): Found[] {
    this.buffered ??= this.sortAll(deadline);
    const batch = this.buffered.slice(this.taken, this.taken + wanted);
    this.taken += batch.length;
    return batch;
  }

  private sortAll(deadline: Deadline): Found[] {
    const keep = this.left === Infinity ? Infinity : this.skip + this.left;
    const heap = new Best(keep);
    const size = this.collection.chunkRows(CHUNK);
    for (let chunk = this.read(size, deadline); chunk !== undefined; chunk = this.read(size, deadline)) {
      for (const found of chunk) heap.add(sortKey(found.doc ?? decode(found.bytes), this.selection.sort), found);
    }
    return heap.sorted().slice(this.skip);
  }
}

interface Keyed {
  key: Buffer;
  found: Found;
}

/** Keeps the first `keep` by key; what came first stays first among equals. */
class Best {
  private items: Keyed[] = [];
  private bytes = 0;

  constructor(private readonly keep: number) {}

  add(key: Buffer, found: Found): void {
    this.items.push({ key, found: { ...found, doc: undefined } });
    this.bytes += key.length + found.bytes.length;
    if (this.items.length >= 2 * this.keep + 64) this.trim();
    if (this.bytes > MAX_SORT_BYTES) this.trim();
    if (this.bytes > MAX_SORT_BYTES) {
      throw new CommandError(
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        `Sort exceeded memory limit of ${MAX_SORT_BYTES} bytes`,
      );
    }
  }

  sorted(): Found[] {
    this.trim();
    return this.items.map(({ found }) => found);
  }

  private trim(): void {
    this.items = this.items.toSorted((a, b) => Buffer.compare(a.key, b.key)).slice(0, this.keep);
    this.bytes = this.items.reduce((sum, { key, found }) => sum + key.length + found.bytes.length, 0);
  }
}
