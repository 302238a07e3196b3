import { describe } from '../bson/describe.js';
import { encode } from '../bson/encode.js';
import { equal } from '../bson/compare.js';
import { type Doc, isDoc, type Value } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { Cursor, type DocumentSource } from '../cursors.js';
import { compileFilter } from '../query/match.js';
import { parseFilter } from '../query/parse.js';
import { assertCollectionName, type Collection } from '../storage/collection.js';
import type { Index } from '../storage/index.js';
import { parseIndexSpec } from '../storage/index-spec.js';
import {
  booleanField,
  collectionName,
  type Command,
  countField,
  documentField,
  findCollection,
  listField,
  namespaceOf,
  type Reply,
  type Request,
} from './command.js';
import { cursorReply } from './crud-read.js';

const noCollection = (request: Request): CommandError =>
  new CommandError('NamespaceNotFound', `ns does not exist: ${namespaceOf(request)}`);

export const create: Command = {
  name: 'create',
  refused: [
    'capped', 'size', 'max', 'timeseries', 'expireAfterSeconds', 'clusteredIndex', 'changeStreamPreAndPostImages', 'storageEngine',
    'validator', 'validationLevel', 'validationAction', 'indexOptionDefaults', 'viewOn', 'pipeline', 'collation', 'encryptedFields', 'autoIndexId',
  ], // prettier-ignore
  writes: true,
  run(request) {
    const name = collectionName(request);
    // Creating what is there already, with the same (no) options, is not an error in MongoDB.
    if (request.server.store.find(request.database, name) === undefined) {
      request.server.store.create(request.database, name);
    }
    return {};
  },
};

export const drop: Command = {
  name: 'drop',
  writes: true,
  run(request) {
    const collection = findCollection(request);
    if (collection === undefined) return {};
    const reply = { nIndexesWas: collection.indexes.length, ns: collection.namespace };
    request.server.store.drop(collection);
    return reply;
  },
};

export const dropDatabase: Command = {
  name: 'dropDatabase',
  writes: true,
  run({ server, database }) {
    const collections = server.store.in(database);
    for (const collection of collections) server.store.drop(collection);
    return collections.length > 0 ? { dropped: database } : {};
  },
};

export const createIndexes: Command = {
  name: 'createIndexes',
  fields: ['indexes', 'commitQuorum'],
  writes: true,
  run(request) {
    const { store } = request.server;
    const specs = listField(request.command, 'indexes').map(parseIndexSpec);
    if (specs.length === 0) throw new CommandError('BadValue', 'Must specify at least one index to create');
    const name = collectionName(request);
    assertCollectionName(name);
    const present = store.find(request.database, name);
    const collection = present ?? store.create(request.database, name);
    const numIndexesBefore = collection.indexes.length;
    for (const spec of specs) collection.createIndex(spec);
    const numIndexesAfter = collection.indexes.length;
    const note = numIndexesAfter === numIndexesBefore ? { note: 'all indexes already exist' } : {};
    return { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically: present === undefined, ...note };
  },
};

export const dropIndexes: Command = {
  name: 'dropIndexes',
  aliases: ['deleteIndexes'],
  fields: ['index'],
  writes: true,
  run(request) {
    const collection = findCollection(request);
    if (collection === undefined) throw noCollection(request);
    const nIndexesWas = collection.indexes.length;
    for (const index of indexesToDrop(collection, request.command.get('index'))) collection.dropIndex(index);
    return { nIndexesWas };
  },
};

function indexesToDrop(collection: Collection, wanted: Value | undefined): Index[] {
  if (wanted === '*') return collection.indexes.filter(({ spec }) => spec.name !== '_id_');
  const names = Array.isArray(wanted) ? wanted : [wanted];
  return names.map((name) => {
    const found = collection.indexes.find(({ spec }) => (isDoc(name) ? equal(spec.key, name) : spec.name === name));
    if (found === undefined)
      throw new CommandError('IndexNotFound', `index not found with name or key [${describe(name)}]`);
    if (found.spec.name === '_id_') throw new CommandError('InvalidOptions', 'cannot drop _id index');
    return found;
  });
}

export const listIndexes: Command = {
  name: 'listIndexes',
  fields: ['cursor'],
  refused: ['includeIndexBuildInfo'],
  run(request) {
    const collection = findCollection(request);
    if (collection === undefined) throw noCollection(request);
    return listReply(
      request,
      namespaceOf(request),
      collection.indexes.map(({ spec }) => spec.doc),
    );
  },
};

export const listCollections: Command = {
  name: 'listCollections',
  fields: ['filter', 'nameOnly', 'cursor', 'authorizedCollections'],
  run(request) {
    const nameOnly = booleanField(request.command, 'nameOnly', false);
    const matches = compileFilter(parseFilter(documentField(request.command, 'filter')));
    const infos = request.server.store.in(request.database).map((collection) => collectionInfo(collection, nameOnly));
    return listReply(request, `${request.database}.$cmd.listCollections`, infos.filter(matches));
  },
};

function collectionInfo(collection: Collection, nameOnly: boolean): Doc {
  const info: Doc = new Map<string, Value>([
    ['name', collection.name],
    ['type', 'collection'],
  ]);
  if (nameOnly) return info;
  const idIndex = collection.indexes[0]!.spec.doc;
  return new Map<string, Value>([
    ...info,
    ['options', new Map()],
    ['info', new Map([['readOnly', false]])],
    ['idIndex', idIndex],
  ]);
}

function listReply(request: Request, namespace: string, docs: Doc[]): Reply {
  const rest = docs.map((doc) => encode(doc));
  const source: DocumentSource = {
    next: (wanted) => rest.splice(0, wanted),
    get finished() {
      return rest.length === 0;
    },
  };
  const size = countField(documentField(request.command, 'cursor'), 'batchSize');
  const cursor = new Cursor(namespace, source, () => false);
  const { batch, id } = request.server.cursors.start(cursor, size, false, request.deadline);
  return cursorReply('firstBatch', batch, id, namespace);
}

export const listDatabases: Command = {
  name: 'listDatabases',
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  run({ server, command }) {
    const matches = compileFilter(parseFilter(documentField(command, 'filter')));
    const names = [...new Set(server.store.all().map(({ database }) => database))].toSorted();
    const nameOnly = booleanField(command, 'nameOnly', false);
    const databases = names
      .map(
        (name) =>
          new Map<string, Value>(
            nameOnly
              ? [['name', name]]
              : [
                  ['name', name],
                  ['sizeOnDisk', sizeOf(server, name)],
                  ['empty', false],
                ],
          ),
      ) // prettier-ignore
      .filter((doc) => matches(doc));
    if (nameOnly) return { databases };
    const totalSize = names.reduce((sum, name) => sum + sizeOf(server, name), 0);
    return { databases, totalSize, totalSizeMb: Math.floor(totalSize / 1_048_576) };
  },
};

const sizeOf = (server: Request['server'], database: string): number =>
  server.store.in(database).reduce((sum, collection) => sum + collection.dataBytes(), 0);

export const collStats: Command = {
  name: 'collStats',
  fields: ['scale'],
  run(request) {
    const collection = findCollection(request);
    const scale = countField(request.command, 'scale') || 1;
    const size = collection?.dataBytes() ?? 0;
    const documents = collection?.count ?? 0;
    return {
      ns: namespaceOf(request),
      size: Math.floor(size / scale),
      count: documents,
      ...(documents > 0 ? { avgObjSize: Math.floor(size / documents) } : {}),
      storageSize: Math.floor(size / scale),
      nindexes: collection?.indexes.length ?? 0,
      scaleFactor: scale,
    };
  },
};

export const dbStats: Command = {
  name: 'dbStats',
  aliases: ['dbstats'],
  fields: ['scale', 'freeStorage'],
  run({ server, database, command }) {
    const collections = server.store.in(database);
    const scale = countField(command, 'scale') || 1;
    const dataSize = Math.floor(sizeOf(server, database) / scale);
    return {
      db: database,
      collections: collections.length,
      views: 0,
      objects: collections.reduce((sum, { count }) => sum + count, 0),
      dataSize,
      storageSize: dataSize,
      indexes: collections.reduce((sum, { indexes }) => sum + indexes.length, 0),
      scaleFactor: scale,
    };
  },
};
