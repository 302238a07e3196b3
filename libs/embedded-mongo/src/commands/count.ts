import { decode } from '../bson/decode.js';
import type { Doc, Value } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { encodeKey } from '../keys/encode.js';
import { countMatches } from '../query/count.js';
import { parseFilter } from '../query/parse.js';
import { reach, splitPath } from '../query/path.js';
import { Results } from '../query/select.js';
import { type Command, countField, documentField, findCollection } from './command.js';
import { parseHint } from './find.js';

export const count: Command = {
  name: 'count',
  fields: ['query', 'skip', 'limit', 'hint', 'fields'],
  refused: ['collation'],
  run(request) {
    const { command, deadline } = request;
    const collection = findCollection(request);
    const wish = {
      filter: parseFilter(documentField(command, 'query')),
      skip: countField(command, 'skip') ?? 0,
      limit: countField(command, 'limit') ?? 0,
      hint: parseHint(command.get('hint')),
    };
    return { n: collection === undefined ? 0 : countMatches(collection, wish, deadline) };
  },
};

const CHUNK = 256;

export const distinct: Command = {
  name: 'distinct',
  fields: ['key', 'query', 'hint'],
  refused: ['collation'],
  run(request) {
    const { command, deadline } = request;
    const key = command.get('key');
    if (typeof key !== 'string' || key === '') throw new CommandError('TypeMismatch', 'distinct needs a key');
    const filter = parseFilter(documentField(command, 'query'));
    const collection = findCollection(request);
    if (collection === undefined) return { values: [] };
    const values = new Map<string, Value>();
    const hint = parseHint(command.get('hint'));
    const results = new Results(collection, { filter, sort: [], skip: 0, limit: 0, hint });
    for (let found = results.next(CHUNK, deadline); found.length > 0; found = results.next(CHUNK, deadline)) {
      for (const { doc, bytes } of found) collectValues(doc ?? decode(bytes), splitPath(key), values);
    }
    const sorted = [...values].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return { values: sorted.map(([, value]) => value) };
  },
};

/** An array gives its elements, not itself. */
function collectValues(doc: Doc, path: string[], values: Map<string, Value>): void {
  reach(doc, path, (reached) => {
    for (const value of Array.isArray(reached) ? reached : [reached]) {
      if (value === undefined) continue;
      const key = encodeKey([value], [1]).toString('latin1');
      if (!values.has(key)) values.set(key, value);
    }
    return false;
  });
}
