import type { ReplyValue } from '../bson/encode.js';
import type { Doc } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { parseFilter } from '../query/parse.js';
import { Results, type Selection } from '../query/select.js';
import { parseSort } from '../query/sort.js';
import { assertCollectionName, type Collection } from '../storage/collection.js';
import { booleanField, collectionName, documentField, type Request } from './command.js';
import { parseHint } from './find.js';

/** The limits of MongoDB, which drivers know. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const MAX_BATCH = 100_000;
const CHUNK = 256;

/** The collection of a write; made if it is not there. */
export function writable(request: Request): Collection {
  const name = collectionName(request);
  assertCollectionName(name);
  return request.server.store.ensure(request.database, name);
}

/** Runs the statements of a bulk in order; a failed one is listed, and ends the bulk if it is ordered. */
export function eachStatement<T>(request: Request, statements: T[], run: (statement: T, index: number) => void) {
  if (statements.length === 0 || statements.length > MAX_BATCH) {
    throw new CommandError('InvalidLength', `Write batch sizes must be between 1 and ${MAX_BATCH}`);
  }
  const ordered = booleanField(request.command, 'ordered', true);
  const writeErrors: ReplyValue[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      writeErrors.push({
        index,
        code: error.code,
        ...(error.details as Record<string, ReplyValue>),
        errmsg: error.message,
      });
      if (ordered) break;
    }
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}

/** Throws if the document is too large, or its _id is none. */
export function assertStorable(bytes: Uint8Array, doc: Doc): void {
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new CommandError(
      'BSONObjectTooLarge',
      `object to insert too large. size in bytes: ${bytes.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
  const id = doc.get('_id');
  if (Array.isArray(id)) throw new CommandError('BadValue', "The '_id' value cannot be of type array");
}

/** Which documents a statement is about. */
export const selectionOf = (statement: Doc, filterName: string) => ({
  filter: parseFilter(documentField(statement, filterName)),
  sort: parseSort(statement.get('sort')),
  hint: parseHint(statement.get('hint')),
  skip: 0,
});

/** All matching rows before the first is changed, so that no change can bring a row into the scan again. */
export function matchingRows({ deadline }: Request, collection: Collection, selection: Selection): number[] {
  const results = new Results(collection, selection);
  const rows: number[] = [];
  for (let found = results.next(CHUNK, deadline); found.length > 0; found = results.next(CHUNK, deadline)) {
    for (const { row } of found) rows.push(row);
  }
  return rows;
}
