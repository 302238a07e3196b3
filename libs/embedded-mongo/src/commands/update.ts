import { decode } from '../bson/decode.js';
import { encode, type ReplyValue } from '../bson/encode.js';
import type { Doc } from '../bson/value.js';
import { CommandError } from '../errors.js';
import type { Collection } from '../storage/collection.js';
import { applyUpdate, type Circumstances, upserted } from '../update/apply.js';
import { parseUpdate, type Update } from '../update/parse.js';
import { parseArrayFilters } from '../update/positions.js';
import { assertFields, booleanField, type Command, listField, type Request } from './command.js';
import { assertStorable, eachStatement, matchingRows, selectionOf, writable } from './statements.js';

export const update: Command = {
  name: 'update',
  fields: ['updates', 'ordered', 'bypassDocumentValidation', 'bypassEmptyTsReplacement'],
  refused: ['let'],
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
  assertFields('update.updates', statement, updateFields, ['collation', 'c', 'upsertSupplied', 'sampleId']);
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

export const circumstancesOf = (request: Request, filter: Circumstances['filter'], statement: Doc): Circumstances => ({
  filter,
  arrayFilters: parseArrayFilters(statement.get('arrayFilters')),
  inserting: false,
  now: new Date(request.server.clock()),
});

/** Changes one row; the bytes before and after, equal if there was nothing to change. */
export function updateRow(collection: Collection, row: number, change: Update, circumstances: Circumstances) {
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

/** Inserts what an upsert makes where nothing matched. */
export function insertUpserted(collection: Collection, change: Update, circumstances: Circumstances): Doc {
  const doc = upserted(change, circumstances);
  const bytes = encode(doc);
  assertStorable(bytes, doc);
  collection.insert(doc, bytes);
  return doc;
}
