import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import type { Doc } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { assertCollectionName, asBuffer, Collection, loadIndex } from './collection.js';
import { diskError } from './disk.js';
import { Index } from './index.js';
import { idIndexSpec } from './index-spec.js';

const FORMAT = 1;
const PAGE_BYTES = 4096;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS collections (
    id INTEGER PRIMARY KEY, db TEXT NOT NULL, name TEXT NOT NULL, largest INTEGER NOT NULL DEFAULT 4096, UNIQUE (db, name));
  CREATE TABLE IF NOT EXISTS indexes (
    id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, spec BLOB NOT NULL, multikey TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS retries (session BLOB PRIMARY KEY, txn INTEGER NOT NULL, reply BLOB NOT NULL, at INTEGER NOT NULL)
    WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
`;

/** The folder is in use by another process, or is not ours. The message says which. */
export class StoreUnavailable extends Error {}

/**
 * Everything stored: one SQLite file in write-ahead mode, opened by this process alone. `synchronous = FULL`: a commit
 * returns when the disk has it, so what was acknowledged survives a power cut.
 */
export class Store {
  private readonly collections = new Map<string, Collection>();
  private buildTables = 0;

  private constructor(readonly db: DatabaseSync) {
    this.load();
    this.tidyUp();
  }

  /** @param maxBytes what the file of documents and indexes may grow to; what it has already is kept */
  static open(dir: string, maxBytes?: number): Store {
    mkdirSync(dir, { recursive: true });
    const file = join(dir, 'embedded-mongo.sqlite');
    const db = new DatabaseSync(file);
    try {
      db.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;
        PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;`);
      if (maxBytes !== undefined) db.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / PAGE_BYTES)}`);
      db.exec(SCHEMA);
      assertFormat(db, file);
      return new Store(db);
    } catch (error) {
      db.close();
      if (isLocked(error)) throw new StoreUnavailable(`${dir} is in use by another process`);
      throw error;
    }
  }

  begin(): void {
    this.db.exec('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.db.exec('COMMIT');
  }

  /** Forgets everything since `begin`, in the file and in memory. */
  rollback(): void {
    if (this.db.isTransaction) this.db.exec('ROLLBACK');
    this.load();
  }

  /** Runs `change` all or nothing, inside the transaction of the turn. */
  atomically<T>(change: () => T): T {
    this.db.exec('SAVEPOINT command');
    try {
      const result = change();
      this.db.exec('RELEASE command');
      return result;
    } catch (error) {
      // A full disk takes the whole transaction with it, which is then for `rollback`.
      if (this.db.isTransaction) {
        this.db.exec('ROLLBACK TO command; RELEASE command');
        this.load();
      }
      throw error;
    }
  }

  close(): void {
    this.db.close();
  }

  find(database: string, name: string): Collection | undefined {
    return this.collections.get(`${database}.${name}`);
  }

  /** The collection, created if it is not there, as every write in MongoDB does. */
  ensure(database: string, name: string): Collection {
    return this.find(database, name) ?? this.create(database, name);
  }

  create(database: string, name: string): Collection {
    assertCollectionName(name);
    if (this.find(database, name)) {
      throw new CommandError('NamespaceExists', `Collection ${database}.${name} already exists.`);
    }
    const { id } = this.db
      .prepare('INSERT INTO collections (db, name) VALUES (?, ?) RETURNING id')
      .get(database, name) as { id: number };
    Collection.createTable(this.db, id);
    const collection = new Collection(this.db, id, database, name);
    collection.addIndex(idIndexSpec());
    this.collections.set(collection.namespace, collection);
    return collection;
  }

  drop(collection: Collection): void {
    collection.dropped = true;
    this.collections.delete(collection.namespace);
    for (const build of collection.builds) build.end();
    for (const index of collection.indexes) collection.dropIndex(index);
    this.db.exec(`DROP TABLE ${collection.table}`);
    this.db.prepare('DELETE FROM collections WHERE id = ?').run(collection.id);
  }

  /** An empty table for an index that is being built. Its name says so, and no catalogue has it. */
  createBuildTable(): string {
    this.buildTables += 1;
    const table = `b${this.buildTables}`;
    Index.createTable(this.db, table);
    return table;
  }

  /** Drops what builds left behind that did not come to their end. */
  dropUnfinished(): void {
    const building = this.all().flatMap(({ builds }) => [...builds].flatMap(({ indexes }) => indexes));
    const inUse = new Set(building.map(({ table }) => table));
    const present = this.db
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'b[0-9]*'`)
      .all();
    for (const { name } of present) if (!inUse.has(String(name))) this.db.exec(`DROP TABLE ${String(name)}`);
  }

  /** At the start, where a full disk keeps nobody from reading: the next build tries again. */
  private tidyUp(): void {
    try {
      this.dropUnfinished();
    } catch (error) {
      if (diskError(error) === undefined) throw error;
    }
  }

  all(): Collection[] {
    return [...this.collections.values()];
  }

  in(database: string): Collection[] {
    return this.all().filter((collection) => collection.database === database);
  }

  setting(name: string): Doc | undefined {
    const found = this.db.prepare('SELECT value FROM settings WHERE name = ?').get(name);
    return found && decode(asBuffer(found['value'] as Uint8Array));
  }

  setSetting(name: string, value: Doc): void {
    this.db.prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)').run(name, encode(value));
  }

  /** Reads the catalogue. A collection that is still there stays the same object, so that its cursors go on. */
  private load(): void {
    const before = new Map(this.all().map((collection) => [collection.id, collection]));
    this.collections.clear();
    const rows = this.db.prepare('SELECT id, db, name, largest FROM collections').all() as unknown as CatalogRow[];
    const indexes = this.db.prepare('SELECT id, spec, multikey FROM indexes WHERE collection = ? ORDER BY id');
    for (const { id, db, name, largest } of rows) {
      const collection = before.get(id) ?? new Collection(this.db, id, db, name);
      before.delete(id);
      collection.dropped = false;
      const stored = indexes.all(id) as unknown as IndexRow[];
      collection.refresh(
        stored.map((row) => loadIndex(this.db, row)),
        largest,
      );
      this.collections.set(collection.namespace, collection);
    }
    for (const gone of before.values()) gone.dropped = true;
  }
}

interface CatalogRow {
  id: number;
  db: string;
  name: string;
  largest: number;
}

interface IndexRow {
  id: number;
  spec: Uint8Array;
  multikey: string;
}

const isLocked = (error: unknown): boolean => error instanceof Error && /database is locked/.test(error.message);

function assertFormat(db: DatabaseSync, file: string): void {
  const version = db.prepare('PRAGMA user_version').get()!['user_version'] as number;
  if (version === 0) db.exec(`PRAGMA user_version = ${FORMAT}`);
  else if (version !== FORMAT) throw new StoreUnavailable(`${file} has format ${version}, this server reads ${FORMAT}`);
}
