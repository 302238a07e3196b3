import { ObjectId } from 'bson';
import { decode, elementsOf } from '../bson/decode.js';
import { encode, Raw, type ReplyValue } from '../bson/encode.js';
import type { Doc } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { parseFilter } from '../query/parse.js';
import { parseProjection } from '../query/project.js';
import { Results } from '../query/select.js';
import { parseSort } from '../query/sort.js';
import { assertCollectionName, type Collection } from '../storage/collection.js';
import { applyUpdate, type Circumstances, upserted } from '../update/apply.js';
import { parseUpdate, type Update } from '../update/parse.js';
import { parseArrayFilters } from '../update/positions.js';
import {
  assertFields,
  booleanField,
  collectionName,
  type Command,
  countField,
  documentField,
  listField,
  type Reply,
  type Request,
} from './command.js';
import { parseHint } from './crud-read.js';

const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const MAX_BATCH = 100_000;
const CHUNK = 256;

export const insert: Command = {
  name: 'insert',
  fields: ['documents', 'ordered'],
  refused: ['bypassDocumentValidation'],
  retryable: true,
  writes: true,
  run(request) {
    const documents = request.documents ?? [];
    const collection = writable(request);
    let n = 0;
    const writeErrors = eachStatement(request, documents, (bytes) => {
      insertOne(collection, bytes);
      n += 1;
    });
    return { n, ...writeErrors };
  },
};

function writable(request: Request): Collection {
  const name = collectionName(request);
  assertCollectionName(name);
  return request.server.store.ensure(request.database, name);
}

/** Runs the statements of a bulk in order; a failed one is listed, and ends the bulk if it is ordered. */
function eachStatement<T>(request: Request, statements: T[], run: (statement: T, index: number) => void) {
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

function insertOne(collection: Collection, bytes: Buffer): void {
  const doc = decode(bytes);
  const stored = doc.keys().next().value === '_id' ? bytes : idFirst(doc, bytes);
  assertStorable(stored, doc);
  collection.insert(doc, stored);
}

/** As MongoDB does: `_id` stands first, and is made up if it is missing. The other elements stay byte for byte. */
function idFirst(doc: Doc, bytes: Buffer): Buffer {
  if (!doc.has('_id')) doc.set('_id', new ObjectId());
  const id = encode(new Map([['_id', doc.get('_id')!]])).subarray(4, -1);
  const rest = elementsOf(bytes).filter(({ name }) => name !== '_id');
  const body = [id, ...rest.map(({ start, end }) => bytes.subarray(start, end)), Buffer.from([0])];
  const size = Buffer.alloc(4);
  size.writeInt32LE(body.reduce((sum, part) => sum + part.length, 4));
  return Buffer.concat([size, ...body]);
}

function assertStorable(bytes: Uint8Array, doc: Doc): void {
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new CommandError(
      'BSONObjectTooLarge',
      `object to insert too large. size in bytes: ${bytes.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
  const id = doc.get('_id');
  if (Array.isArray(id)) throw new CommandError('BadValue', "The '_id' value cannot be of type array");
}

export const update: Command = {
  name: 'update',
  fields: ['updates', 'ordered'],
  refused: ['bypassDocumentValidation', 'let'],
  retryable: true,
  writes: true,
  run(request) {
    const collection = writable(request);
    const total = { n: 0, nModified: 0 };
    const inserted: ReplyValue[] = [];
    const writeErrors = eachStatement(request, listField(request.command, 'updates'), (statement, index) => {
      const { n, nModified, id } = updateStatement(request, collection, statement);
      total.n += n;
      total.nModified += nModified;
      if (id !== undefined) inserted.push({ index, _id: id });
    });
    return { ...total, ...(inserted.length > 0 ? { upserted: inserted } : {}), ...writeErrors };
  },
};

const updateFields = new Set(['q', 'u', 'multi', 'upsert', 'arrayFilters', 'hint', 'sort']);

function updateStatement(request: Request, collection: Collection, statement: Doc) {
  assertFields('update.updates', statement, updateFields, ['collation', 'c', 'upsertSupplied']);
  const multi = booleanField(statement, 'multi', false);
  const parsed = parseUpdate(statement.get('u'));
  if (multi && parsed.kind === 'replace')
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  if (multi && statement.has('sort')) throw new CommandError('FailedToParse', 'Cannot specify sort with multi=true');
  const selection = { ...selectionOf(statement, 'q'), limit: multi ? 0 : 1 };
  const circumstances = circumstancesOf(request, selection.filter, statement);
  const rows = matchingRows(request, collection, selection);
  if (rows.length === 0 && booleanField(statement, 'upsert', false)) {
    return { n: 1, nModified: 0, id: insertUpserted(collection, parsed, circumstances).get('_id')! };
  }
  let nModified = 0;
  for (const row of rows) if (updateRow(collection, row, parsed, circumstances).changed) nModified += 1;
  return { n: rows.length, nModified, id: undefined };
}

const selectionOf = (statement: Doc, filterName: string) => ({
  filter: parseFilter(documentField(statement, filterName)),
  sort: parseSort(statement.get('sort')),
  hint: parseHint(statement.get('hint')),
  skip: 0,
});

const circumstancesOf = (request: Request, filter: Circumstances['filter'], statement: Doc): Circumstances => ({
  filter,
  arrayFilters: parseArrayFilters(statement.get('arrayFilters')),
  inserting: false,
  now: new Date(request.server.clock()),
});

/** All matching rows before the first is changed, so that no change can bring a row into the scan again. */
function matchingRows(
  { deadline }: Request,
  collection: Collection,
  selection: ConstructorParameters<typeof Results>[1],
): number[] {
  const results = new Results(collection, selection);
  const rows: number[] = [];
  for (let found = results.next(CHUNK, deadline); found.length > 0; found = results.next(CHUNK, deadline)) {
    for (const { row } of found) rows.push(row);
  }
  return rows;
}

function updateRow(collection: Collection, row: number, change: Update, circumstances: Circumstances) {
  const bytes = collection.read(row)!;
  const before = decode(bytes);
  const after = applyUpdate(decode(bytes), change, circumstances);
  const stored = encode(after);
  const changed = !stored.equals(bytes);
  if (changed) {
    assertStorable(stored, after);
    collection.replace(row, before, after, stored);
  }
  return { changed, before: bytes, after: stored };
}

function insertUpserted(collection: Collection, change: Update, circumstances: Circumstances): Doc {
  const doc = upserted(change, circumstances);
  const bytes = encode(doc);
  assertStorable(bytes, doc);
  collection.insert(doc, bytes);
  return doc;
}

export const remove: Command = {
  name: 'delete',
  fields: ['deletes', 'ordered'],
  refused: ['let'],
  retryable: true,
  writes: true,
  run(request) {
    const collection = request.server.store.find(request.database, collectionName(request));
    let n = 0;
    const writeErrors = eachStatement(request, listField(request.command, 'deletes'), (statement) => {
      assertFields('delete.deletes', statement, new Set(['q', 'limit', 'hint']), ['collation']);
      const limit = countField(statement, 'limit') ?? 0;
      if (limit > 1)
        throw new CommandError('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${limit}`);
      const selection = { ...selectionOf(statement, 'q'), limit };
      if (collection === undefined) return;
      for (const row of matchingRows(request, collection, selection)) {
        collection.remove(row, decode(collection.read(row)!));
        n += 1;
      }
    });
    return { n, ...writeErrors };
  },
};

export const findAndModify: Command = {
  name: 'findAndModify',
  aliases: ['findandmodify'],
  fields: ['query', 'sort', 'remove', 'update', 'new', 'fields', 'upsert', 'arrayFilters', 'hint'],
  refused: ['collation', 'let', 'bypassDocumentValidation'],
  retryable: true,
  writes: true,
  run(request) {
    const { command } = request;
    const removing = booleanField(command, 'remove', false);
    if (removing === command.has('update'))
      throw new CommandError('FailedToParse', "Either an update or 'remove' must be specified");
    const projection = parseProjection(command.get('fields'));
    const show = (bytes: Buffer): ReplyValue => (projection ? projection(decode(bytes)) : new Raw(bytes));
    return removing ? findAndRemove(request, show) : findAndUpdate(request, show);
  },
};

type Show = (bytes: Buffer) => ReplyValue;

function findAndRemove(request: Request, show: Show): Reply {
  const { command } = request;
  if (booleanField(command, 'new', false))
    throw new CommandError('FailedToParse', 'Cannot specify both new=true and remove=true');
  const collection = request.server.store.find(request.database, collectionName(request));
  const selection = { ...selectionOf(command, 'query'), limit: 1 };
  const [row] = collection === undefined ? [] : matchingRows(request, collection, selection);
  if (collection === undefined || row === undefined) return { lastErrorObject: { n: 0 }, value: null };
  const bytes = collection.read(row)!;
  collection.remove(row, decode(bytes));
  return { lastErrorObject: { n: 1 }, value: show(bytes) };
}

function findAndUpdate(request: Request, show: Show): Reply {
  const { command } = request;
  const collection = writable(request);
  const parsed = parseUpdate(command.get('update'));
  const selection = { ...selectionOf(command, 'query'), limit: 1 };
  const circumstances = circumstancesOf(request, selection.filter, command);
  const wantsNew = booleanField(command, 'new', false);
  const [row] = matchingRows(request, collection, selection);
  if (row !== undefined) {
    const { before, after } = updateRow(collection, row, parsed, circumstances);
    return { lastErrorObject: { n: 1, updatedExisting: true }, value: show(wantsNew ? after : before) };
  }
  if (!booleanField(command, 'upsert', false))
    return { lastErrorObject: { n: 0, updatedExisting: false }, value: null };
  const doc = insertUpserted(collection, parsed, circumstances);
  const value = wantsNew ? show(encode(doc)) : null;
  return { lastErrorObject: { n: 1, updatedExisting: false, upserted: doc.get('_id')! }, value };
}
