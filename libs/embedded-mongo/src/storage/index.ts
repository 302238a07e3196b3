import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Doc, Value } from '../bson/value.js';
import { describe } from '../bson/describe.js';
import { CommandError } from '../errors.js';
import { EMPTY_ARRAY, encodeKey, type KeyValue, withRow } from '../keys/encode.js';
import { extractKeys } from '../keys/extract.js';
import { compileFilter, type Predicate } from '../query/match.js';
import type { IndexSpec } from './index-spec.js';

/** An index entry of a document: the key as SQLite holds it, and the values it was made of (for error messages). */
export interface Entry {
  key: Buffer;
  values: KeyValue[];
}

/**
 * One index: a table of ordered keys. A unique index has the encoded values alone as primary key, so SQLite itself
 * refuses a second one; any other index has the row's number behind them.
 */
export class Index {
  private readonly paths: string[][];
  private readonly directions: (1 | -1)[];
  private readonly covers: Predicate | undefined;
  private readonly insertEntry: StatementSync;
  private readonly deleteEntry: StatementSync;
  private readonly selectRow: StatementSync;

  constructor(
    private readonly db: DatabaseSync,
    readonly table: string,
    readonly spec: IndexSpec,
    /** Per field: some document had an array there. Never turns back to false. */
    readonly multikey: boolean[],
    /** Its number in the catalogue, which knows nothing of an index that is being built. */
    readonly id?: number,
  ) {
    this.paths = spec.fields.map((field) => field.parts);
    this.directions = spec.fields.map((field) => field.direction);
    this.covers = spec.partial && compileFilter(spec.partial);
    this.insertEntry = db.prepare(`INSERT OR IGNORE INTO ${this.table} (k, r) VALUES (?, ?)`);
    this.deleteEntry = db.prepare(`DELETE FROM ${this.table} WHERE k = ? AND r = ?`);
    this.selectRow = db.prepare(`SELECT r FROM ${this.table} WHERE k = ?`);
  }

  static createTable(db: DatabaseSync, table: string): void {
    db.exec(`CREATE TABLE ${table} (k BLOB PRIMARY KEY, r INTEGER NOT NULL) WITHOUT ROWID`);
  }

  get isMultikey(): boolean {
    return this.multikey.includes(true);
  }

  /** The entries of a document, each key once; none if the index leaves the document out. */
  entriesOf(doc: Doc, row: number): Entry[] {
    if (this.covers !== undefined && !this.covers(doc)) return [];
    const { rows, multikey } = extractKeys(doc, this.paths);
    if (multikey.includes(true)) this.noteMultikey(multikey);
    const entries: Entry[] = [];
    for (const values of rows) {
      if (this.spec.sparse && values.every((value) => value === undefined)) continue;
      const encoded = encodeKey(values, this.directions);
      const key = this.spec.unique ? encoded : withRow(encoded, row);
      if (rows.length === 1 || !entries.some((entry) => entry.key.equals(key))) entries.push({ key, values });
    }
    return entries;
  }

  /** False if another row has this key already. */
  add(entry: Entry, row: number): boolean {
    return this.insertEntry.run(entry.key, row).changes === 1;
  }

  /** As `add`, where the row may have the key already. */
  ensure(entry: Entry, row: number): boolean {
    return this.add(entry, row) || this.selectRow.get(entry.key)?.['r'] === row;
  }

  remove(entry: Entry, row: number): void {
    this.deleteEntry.run(entry.key, row);
  }

  duplicateKey(namespace: string, entry: Entry): CommandError {
    const names = this.spec.fields.map((field) => field.path);
    const keyValue = new Map(names.map((name, field) => [name, shownValue(entry.values[field])]));
    const shown = names.map((name) => `${name}: ${describe(keyValue.get(name))}`).join(', ');
    return new CommandError(
      'DuplicateKey',
      `E11000 duplicate key error collection: ${namespace} index: ${this.spec.name} dup key: { ${shown} }`,
      { keyPattern: this.spec.key, keyValue },
    );
  }

  private noteMultikey(seen: boolean[]): void {
    if (seen.every((is, field) => !is || this.multikey[field])) return;
    seen.forEach((is, field) => (this.multikey[field] ||= is));
    if (this.id === undefined) return;
    this.db.prepare('UPDATE indexes SET multikey = ? WHERE id = ?').run(flagsOf(this.multikey), this.id);
  }
}

export const flagsOf = (multikey: readonly boolean[]): string => multikey.map(Number).join('');

const shownValue = (value: KeyValue): Value => (value === undefined || value === EMPTY_ARRAY ? null : value);
