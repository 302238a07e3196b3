import { decode } from '../bson/decode.js';
import { encode, Raw, type ReplyValue } from '../bson/encode.js';
import { CommandError } from '../errors.js';
import { parseProjection } from '../query/project.js';
import { parseUpdate } from '../update/parse.js';
import { booleanField, collectionName, type Command, type Reply, type Request } from './command.js';
import { matchingRows, selectionOf, writable } from './statements.js';
import { circumstancesOf, insertUpserted, updateRow } from './update.js';

export const findAndModify: Command = {
  name: 'findAndModify',
  aliases: ['findandmodify'],
  fields: [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'arrayFilters',
    'hint',
    'bypassDocumentValidation',
  ],
  refused: ['collation', 'let'],
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
