import { decode } from '../bson/decode.js';
import type { Doc } from '../bson/value.js';
import { CommandError } from '../errors.js';
import type { Collection, UnfinishedIndexes } from './collection.js';
import { Index } from './index.js';
import type { IndexSpec } from './index-spec.js';
import type { Store } from './store.js';

/** How many documents are entered between two looks at the clock. */
const SOME_ROWS = 20;

/**
 * Fills new indexes of a collection step by step, while commands read and write it. Every write keeps the unfinished
 * indexes in step (`written`, `removed`) and the scan adds what it finds missing, so it does not matter on which side of
 * the scan a document lies. The catalogue and the queries learn of the indexes when they are whole: after a crash there
 * are tables that no index names, and the store drops them when it opens.
 */
export class IndexBuild implements UnfinishedIndexes {
  readonly indexes: readonly Index[];
  /** Rows whose write met the key of another row in a unique index. One of both may be gone when all has been read. */
  private readonly undecided = new Set<number>();
  private from = 0;
  private state: 'going on' | 'ended' = 'going on';

  constructor(
    private readonly store: Store,
    private readonly collection: Collection,
    specs: readonly IndexSpec[],
  ) {
    this.indexes = specs.map((spec) => {
      const table = store.createBuildTable();
      return new Index(store.db, table, spec, spec.fields.map(() => false)); // prettier-ignore
    });
    collection.builds.add(this);
  }

  /** Enters some more documents. True when all are in. */
  step(): boolean {
    this.assertGoingOn();
    const size = this.collection.chunkRows(SOME_ROWS);
    const rows = this.collection.rowsFrom(this.from, size);
    for (const { row, bytes } of rows) this.enter(decode(bytes), row);
    this.from = rows.at(-1)?.row ?? this.from;
    return rows.length < size;
  }

  /** Makes them indexes of the collection. Throws DuplicateKey where two documents cannot both be in one. */
  finish(): void {
    this.assertGoingOn();
    for (const row of this.undecided) {
      const bytes = this.collection.read(row);
      if (bytes !== undefined) this.enter(decode(bytes), row);
    }
    for (const index of this.indexes) this.collection.addIndex(index.spec, index);
  }

  /** Writes do not care for it any more. Its tables, if it leaves any, are dropped before the next build or at the next start. */
  end(): void {
    this.state = 'ended';
    this.collection.builds.delete(this);
  }

  written(doc: Doc, row: number): void {
    for (const index of this.indexes) {
      const entries = entriesOf(index, doc, row);
      if (entries === undefined || !entries.every((entry) => index.ensure(entry, row))) this.undecided.add(row);
    }
  }

  removed(doc: Doc, row: number): void {
    for (const index of this.indexes) entriesOf(index, doc, row)?.forEach((entry) => index.remove(entry, row));
  }

  private enter(doc: Doc, row: number): void {
    for (const index of this.indexes) {
      for (const entry of index.entriesOf(doc, row)) {
        if (!index.ensure(entry, row)) throw index.duplicateKey(this.collection.namespace, entry);
      }
    }
  }

  private assertGoingOn(): void {
    if (this.state === 'going on' && !this.collection.dropped) return;
    throw new CommandError('IndexBuildAborted', `index build on ${this.collection.namespace} ended: it was dropped`);
  }
}

/** Undefined: the document cannot be in this index (arrays in two of its fields). It is a write's right to store it all the same. */
function entriesOf(index: Index, doc: Doc, row: number) {
  try {
    return index.entriesOf(doc, row);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
