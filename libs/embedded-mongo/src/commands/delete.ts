import { decode } from '../bson/decode.js';
import { CommandError } from '../errors.js';
import { assertFields, collectionName, type Command, countField, listField } from './command.js';
import { eachStatement, matchingRows, selectionOf } from './statements.js';

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
      assertFields('delete.deletes', statement, new Set(['q', 'limit', 'hint']), ['collation', 'sampleId']);
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
