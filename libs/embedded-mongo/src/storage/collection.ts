import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import type { Doc } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { flagsOf, Index } from './index.js';
import { type IndexSpec, parseIndexSpec } from './index-spec.js';

/** A stored document: its row, and its BSON. */
export interface Row {
  row: number;
  bytes: Buffer;
}

const MAX_CHUNK_BYTES = 16 * 1024 * 1024;
/** Below this, the size of documents limits nothing, and is not written down. */
const SMALL_BYTES = 4096;

/** Indexes that are not whole yet. */
export interface UnfinishedIndexes {
  readonly indexes: readonly Index[];
  /** Every write tells what it took away, and what it put there. */
  removed(doc: Doc, row: number): void;
  written(doc: Doc, row: number): void;
  /** They are given up. */
  end(): void;
}

/** A collection: a table of documents and one table per index, kept in step here and nowhere else. */
export class Collection {
  readonly table: string;
  /** Set when dropped: cursors that still point here end with an error. */
  dropped = false;
  indexes: Index[] = [];
  /** Every write keeps these in step too. */
  readonly builds = new Set<UnfinishedIndexes>();
  /** No document is larger, in bytes; a power of two, so that it seldom changes. Never shrinks. */
  private largest = SMALL_BYTES;
  private known: number | undefined;
  private readonly statements = new Map<string, StatementSync>();
  private readonly insertRow: StatementSync;
  private readonly updateRow: StatementSync;
  private readonly deleteRow: StatementSync;
  private readonly selectRow: StatementSync;
  private readonly selectAfter: StatementSync;
  private readonly selectBefore: StatementSync;

  constructor(
    private readonly db: DatabaseSync,
    readonly id: number,
    readonly database: string,
    readonly name: string,
  ) {
    this.table = `c${id}`;
    this.insertRow = db.prepare(`INSERT INTO ${this.table} (doc) VALUES (?)`);
    this.updateRow = db.prepare(`UPDATE ${this.table} SET doc = ? WHERE r = ?`);
    this.deleteRow = db.prepare(`DELETE FROM ${this.table} WHERE r = ?`);
    this.selectRow = db.prepare(`SELECT doc FROM ${this.table} WHERE r = ?`);
    this.selectAfter = db.prepare(`SELECT r, doc FROM ${this.table} WHERE r > ? ORDER BY r LIMIT ?`);
    this.selectBefore = db.prepare(`SELECT r, doc FROM ${this.table} WHERE r < ? ORDER BY r DESC LIMIT ?`);
  }

  static createTable(db: DatabaseSync, id: number): void {
    db.exec(`CREATE TABLE c${id} (r INTEGER PRIMARY KEY, doc BLOB NOT NULL)`);
  }

  get namespace(): string {
    return `${this.database}.${this.name}`;
  }

  /** The number of documents; counted when first asked for, then kept. */
  get count(): number {
    this.known ??= Number(this.db.prepare(`SELECT count(*) AS n FROM ${this.indexes[0]!.table}`).get()!['n']);
    return this.known;
  }

  /** A statement on this collection's tables, prepared once. */
  prepared(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) this.statements.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }

  /** After a rollback: what is kept in memory may not hold any more. */
  refresh(indexes: Index[], largest: number): void {
    this.indexes = indexes;
    this.largest = largest;
    this.known = undefined;
  }

  /** How many rows may be read at once, at most `most`, without filling the memory with large documents. */
  chunkRows(most: number): number {
    return Math.max(1, Math.min(most, Math.floor(MAX_CHUNK_BYTES / this.largest)));
  }

  /** Stores a new document. Throws DuplicateKey, and then nothing of it remains. */
  insert(doc: Doc, bytes: Uint8Array): void {
    this.noteSize(bytes.length);
    const row = Number(this.insertRow.run(bytes).lastInsertRowid);
    try {
      this.addEntries(doc, row);
    } catch (error) {
      this.deleteRow.run(row);
      throw error;
    }
    for (const build of this.builds) build.written(doc, row);
    if (this.known !== undefined) this.known += 1;
  }

  /** Replaces the document of a row. Throws DuplicateKey, and then the old one remains as it was. */
  replace(row: number, before: Doc, after: Doc, bytes: Uint8Array): void {
    const stale: (() => void)[] = [];
    const added: (() => void)[] = [];
    try {
      for (const index of this.indexes) {
        const old = index.entriesOf(before, row);
        const fresh = index.entriesOf(after, row);
        for (const entry of old) {
          if (!fresh.some(({ key }) => key.equals(entry.key))) stale.push(() => index.remove(entry, row));
        }
        for (const entry of fresh) {
          if (old.some(({ key }) => key.equals(entry.key))) continue;
          if (!index.add(entry, row)) throw index.duplicateKey(this.namespace, entry);
          added.push(() => index.remove(entry, row));
        }
      }
    } catch (error) {
      added.forEach((undo) => undo());
      throw error;
    }
    stale.forEach((remove) => remove());
    for (const build of this.builds) {
      build.removed(before, row);
      build.written(after, row);
    }
    this.noteSize(bytes.length);
    this.updateRow.run(bytes, row);
  }

  remove(row: number, doc: Doc): void {
    for (const index of this.indexes) index.entriesOf(doc, row).forEach((entry) => index.remove(entry, row));
    for (const build of this.builds) build.removed(doc, row);
    this.deleteRow.run(row);
    if (this.known !== undefined) this.known -= 1;
  }

  /** The size of all documents; reads the whole table. */
  dataBytes(): number {
    return Number(this.prepared(`SELECT total(length(doc)) AS bytes FROM ${this.table}`).get()!['bytes']);
  }

  read(row: number): Buffer | undefined {
    const found = this.selectRow.get(row);
    return found && asBuffer(found['doc'] as Uint8Array);
  }

  /** Up to `limit` rows in the order they were inserted, beginning behind (or, backwards, before) `from`. */
  rowsFrom(from: number, limit: number, backwards = false): Row[] {
    const found = (backwards ? this.selectBefore : this.selectAfter).all(from, limit);
    return found.map((row) => ({ row: row['r'] as number, bytes: asBuffer(row['doc'] as Uint8Array) }));
  }

  /** Writes an index into the catalogue; it takes over the table of `built`, else it is for a collection without documents. */
  addIndex(spec: IndexSpec, built?: Index): void {
    const multikey = built?.multikey ?? spec.fields.map(() => false);
    const { id } = this.db
      .prepare('INSERT INTO indexes (collection, spec, multikey) VALUES (?, ?, ?) RETURNING id')
      .get(this.id, encode(spec.doc), flagsOf(multikey)) as { id: number };
    if (built === undefined) Index.createTable(this.db, tableOf(id));
    else this.db.exec(`ALTER TABLE ${built.table} RENAME TO ${tableOf(id)}`);
    this.indexes.push(new Index(this.db, tableOf(id), spec, multikey, id));
  }

  dropIndex(index: Index): void {
    this.indexes = this.indexes.filter((other) => other !== index);
    this.db.exec(`DROP TABLE ${index.table}`);
    this.db.prepare('DELETE FROM indexes WHERE id = ?').run(index.id!);
  }

  private noteSize(bytes: number): void {
    if (bytes <= this.largest) return;
    this.largest = 2 ** Math.ceil(Math.log2(bytes));
    this.db.prepare('UPDATE collections SET largest = ? WHERE id = ?').run(this.largest, this.id);
  }

  private addEntries(doc: Doc, row: number): void {
    const added: (() => void)[] = [];
    try {
      for (const index of this.indexes) {
        for (const entry of index.entriesOf(doc, row)) {
          if (!index.add(entry, row)) throw index.duplicateKey(this.namespace, entry);
          added.push(() => index.remove(entry, row));
        }
      }
    } catch (error) {
      added.forEach((undo) => undo());
      throw error;
    }
  }
}

export const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const tableOf = (id: number): string => `i${id}`;

export function loadIndex(db: DatabaseSync, stored: { id: number; spec: Uint8Array; multikey: string }): Index {
  const flags = stored.multikey.split('').map((flag) => flag === '1');
  return new Index(db, tableOf(stored.id), parseIndexSpec(decode(asBuffer(stored.spec))), flags, stored.id);
}

/** The names MongoDB accepts for a collection, apart from those it keeps for itself. */
export function assertCollectionName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || name === '' || name.includes('\0') || name.includes('$') || name.startsWith('.')) {
    throw new CommandError('InvalidNamespace', `Invalid collection name: ${String(name)}`);
  }
}
