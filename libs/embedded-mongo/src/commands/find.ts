import { describe } from '../bson/describe.js';
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import type { Doc, Value } from '../bson/value.js';
import { isNumber, toNumber } from '../bson/value.js';
import { Cursor, type DocumentSource } from '../cursors.js';
import { CommandError } from '../errors.js';
import { parseFilter } from '../query/parse.js';
import { parseProjection, type Projection } from '../query/project.js';
import { Results, type Selection } from '../query/select.js';
import { parseSort } from '../query/sort.js';
import {
  booleanField,
  type Command,
  countField,
  documentField,
  findCollection,
  namespaceOf,
  rawDocs,
  type Reply,
} from './command.js';

const EMPTY: DocumentSource = { next: () => [], finished: true };

export const find: Command = {
  name: 'find',
  fields: ['filter', 'sort', 'projection', 'hint', 'skip', 'limit', 'batchSize', 'singleBatch', 'allowDiskUse', 'allowPartialResults'], // prettier-ignore
  refused: [
    'noCursorTimeout',
    'collation',
    'let',
    'min',
    'max',
    'returnKey',
    'showRecordId',
    'tailable',
    'awaitData',
    'oplogReplay',
    'readOnce',
    'requestResumeToken',
    'resumeAfter',
    'term',
  ],
  run(request) {
    const { command, server, deadline } = request;
    const selection = parseSelection(command);
    const projection = parseProjection(command.get('projection'));
    const collection = findCollection(request);
    const source = collection === undefined ? EMPTY : resultSource(new Results(collection, selection), projection);
    const cursor = new Cursor(namespaceOf(request), source, () => collection?.dropped ?? false);
    const single = booleanField(command, 'singleBatch', false);
    const { batch, id } = server.cursors.start(cursor, countField(command, 'batchSize'), single, deadline);
    return cursorReply('firstBatch', batch, id, cursor.namespace);
  },
};

export function cursorReply(name: 'firstBatch' | 'nextBatch', batch: Uint8Array[], id: bigint, ns: string): Reply {
  return { cursor: { [name]: rawDocs(batch), id, ns } };
}

export function parseSelection(command: Doc): Selection {
  return {
    filter: parseFilter(documentField(command, 'filter')),
    sort: parseSort(command.get('sort')),
    skip: countField(command, 'skip') ?? 0,
    limit: countField(command, 'limit') ?? 0,
    hint: parseHint(command.get('hint')),
  };
}

/** An empty hint document is no hint. */
export const parseHint = (hint: Value | undefined): Value | undefined =>
  hint instanceof Map && hint.size === 0 ? undefined : hint;

function resultSource(results: Results, projection: Projection | undefined): DocumentSource {
  return {
    next(wanted, deadline) {
      if (projection === undefined) return results.nextDocuments(wanted, deadline);
      return results.next(wanted, deadline).map(({ bytes, doc }) => encode(projection(doc ?? decode(bytes))));
    },
    get finished() {
      return results.finished;
    },
  };
}

export const getMore: Command = {
  name: 'getMore',
  fields: ['collection', 'batchSize'],
  refused: ['term', 'lastKnownCommittedOpTime'],
  once: true,
  run(request) {
    const { command, server, database, deadline } = request;
    const namespace = `${database}.${collectionOf(command)}`;
    const { batch, id } = server.cursors.more(
      cursorId(command.get('getMore')),
      namespace,
      batchSize(command),
      deadline,
    );
    return cursorReply('nextBatch', batch, id, namespace);
  },
};

function collectionOf(command: Doc): string {
  const name = command.get('collection');
  if (typeof name === 'string') return name;
  throw new CommandError('TypeMismatch', `the collection of a cursor is a string, not ${describe(name)}`);
}

/** 0 means "as many as fit" here, other than in `find`. */
const batchSize = (command: Doc): number | undefined => countField(command, 'batchSize') || undefined;

function cursorId(value: Value | undefined): bigint {
  if (!isNumber(value)) throw new CommandError('TypeMismatch', 'a cursor id is a long');
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(toNumber(value)));
}

export const killCursors: Command = {
  name: 'killCursors',
  fields: ['cursors'],
  run(request) {
    const ids = request.command.get('cursors');
    if (!Array.isArray(ids)) throw new CommandError('TypeMismatch', "BSON field 'cursors' has to be an array");
    const killed = ids.map((id) => request.server.cursors.kill(cursorId(id), namespaceOf(request)));
    return {
      cursorsKilled: ids.filter((_, i) => killed[i]),
      cursorsNotFound: ids.filter((_, i) => !killed[i]),
      cursorsAlive: [],
      cursorsUnknown: [],
    };
  },
};
