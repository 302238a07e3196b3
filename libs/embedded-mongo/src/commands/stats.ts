import { type Command, countField, findCollection, namespaceOf, type Request } from './command.js';

/** The size of all documents of a database, in bytes. */
export const sizeOf = (server: Request['server'], database: string): number =>
  server.store.in(database).reduce((sum, collection) => sum + collection.dataBytes(), 0);

export const collStats: Command = {
  name: 'collStats',
  fields: ['scale', 'verbose', 'waitForLock'],
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
