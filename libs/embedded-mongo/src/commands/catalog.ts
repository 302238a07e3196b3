import { type Doc, type Value } from '../bson/value.js';
import { notSupported } from '../errors.js';
import { compileFilter } from '../query/match.js';
import { parseFilter } from '../query/parse.js';
import type { Collection } from '../storage/collection.js';
import { parseIndexSpec } from '../storage/index-spec.js';
import { booleanField, collectionName, type Command, documentField, findCollection } from './command.js';
import { listReply } from './list.js';
import { sizeOf } from './stats.js';

export const create: Command = {
  name: 'create',
  fields: ['idIndex', 'autoIndexId'],
  refused: [
    'capped', 'size', 'max', 'timeseries', 'expireAfterSeconds', 'clusteredIndex', 'changeStreamPreAndPostImages', 'storageEngine',
    'validator', 'validationLevel', 'validationAction', 'indexOptionDefaults', 'viewOn', 'pipeline', 'collation', 'encryptedFields', 'temp', 'flags',
  ], // prettier-ignore
  writes: true,
  run(request) {
    const name = collectionName(request);
    assertOrdinaryId(request.command);
    // Creating what is there already, with the same (no) options, is not an error in MongoDB.
    if (request.server.store.find(request.database, name) === undefined) {
      request.server.store.create(request.database, name);
    }
    return {};
  },
};

/** mongorestore says of each collection how its index on _id was: here there is one kind. */
function assertOrdinaryId(command: Doc): void {
  if (command.has('idIndex') && parseIndexSpec(documentField(command, 'idIndex')).name !== '_id_') {
    throw notSupported('create.idIndex on another field than _id');
  }
  if (!booleanField(command, 'autoIndexId', true)) throw notSupported('create.autoIndexId');
}

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

export const listCollections: Command = {
  name: 'listCollections',
  fields: ['filter', 'nameOnly', 'cursor', 'authorizedCollections'],
  refused: ['includePendingDrops'],
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
