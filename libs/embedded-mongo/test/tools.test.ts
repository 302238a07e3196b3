import { Binary, type Document, Double, Int32, ObjectId, Timestamp } from 'bson';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, openEmbedded } from './support/engine.js';
import { RawClient } from './support/wire.js';

/**
 * What MongoDB's own tools send, command for command as in their sources (mongo-tools 100, mongosh 2, Compass 1), for the
 * tools are not on every machine that runs this.
 */

let engine: Engine;
let client: RawClient;
let database: string;

const lsid = { id: new Binary(Buffer.alloc(16, 7), Binary.SUBTYPE_UUID) };
const majority = { w: 'majority' };
/** As the Go driver adds it to each command. */
const send = (command: Document, $db = database): Promise<Document> => client.command({ ...command, lsid, $db });

beforeAll(async () => {
  engine = await openEmbedded();
  client = await RawClient.connect(Number(new URL(engine.uri).port));
});
afterAll(async () => {
  client?.close();
  await engine?.close();
});
beforeEach(() => void (database = `t${new ObjectId().toHexString()}`));

const ok = expect.objectContaining({ ok: 1 });
const refused = (what: string): unknown =>
  expect.objectContaining({ ok: 0, errmsg: `${what} is not supported by the embedded server` });

const batchOf = (reply: Document): Document[] => reply['cursor']['firstBatch'] as Document[];

const indexes = [
  { v: new Int32(2), key: { _id: 1 }, name: '_id_' },
  { v: new Int32(2), key: { chatId: 1, seq: 1 }, name: 'chatId_1_seq_1', unique: true },
  { v: new Int32(2), key: { at: 1 }, name: 'at_1', expireAfterSeconds: new Double(60), partialFilterExpression: { live: true } },
]; // prettier-ignore

/** mongorestore gives the namespace, and leaves the version to the server. */
const asRestored = (index: Document): Document => {
  const { v, ...rest } = index;
  return v === undefined ? index : { ...rest, ns: `${database}.messages` };
};

async function restore(): Promise<void> {
  const [idIndex, ...others] = indexes.map(asRestored);
  expect(await send({ create: 'messages', idIndex, writeConcern: majority })).toEqual(ok);
  const documents = [
    { _id: 1, chatId: 'a', seq: 1, at: new Date(0) },
    { _id: 2, chatId: 'a', seq: 2, stamp: new Timestamp(0n) },
  ];
  expect(
    await send({ insert: 'messages', documents, ordered: false, bypassEmptyTsReplacement: true, bypassDocumentValidation: true, writeConcern: majority }), // prettier-ignore
  ).toMatchObject({ ok: 1, n: 2 });
  expect(
    await send({ createIndexes: 'messages', indexes: others, ignoreUnknownIndexOptions: true, writeConcern: majority }),
  ).toMatchObject({ ok: 1, numIndexesAfter: 3 });
}

describe('mongorestore', () => {
  it('asks what server this is, creates, fills and indexes', async () => {
    expect(await send({ buildInfo: 1 }, 'admin')).toMatchObject({ ok: 1, versionArray: [7, 0, 13, 0] });
    expect(await send({ ismaster: 1 }, 'admin')).toMatchObject({ ok: 1, setName: 'rs0' });
    expect(await send({ atlasVersion: 1 }, 'admin')).toMatchObject({ ok: 0, code: 59 });
    expect(batchOf(await send({ listCollections: 1, filter: {}, cursor: {} }))).toEqual([]);
    await restore();
    const restored = batchOf(await send({ listIndexes: 'messages', cursor: {} }));
    expect(restored).toEqual(indexes.map(({ v, ...index }) => ({ v: v.value, ...withNumbers(index) })));
    expect(batchOf(await send({ find: 'messages', filter: { _id: 2 } }))[0]!['stamp']).toEqual(new Timestamp(0n));
  });

  it('may drop before, and create what is there', async () => {
    await restore();
    expect(await send({ drop: 'messages', writeConcern: majority })).toEqual(ok);
    await restore();
    expect(await send({ create: 'messages', idIndex: asRestored(indexes[0]!) })).toEqual(ok);
  });

  it('brings options of older versions that change nothing, and unknown ones of indexes', async () => {
    const idIndex = { key: { _id: 1 }, name: '_id_', ns: `${database}.old`, collation: { locale: 'simple' } };
    expect(await send({ create: 'old', autoIndexId: true, idIndex })).toEqual(ok);
    const index = { key: { a: 1 }, name: 'a_1', background: true, dropDups: true, safe: null, hidden: false };
    expect(await send({ createIndexes: 'old', indexes: [index], ignoreUnknownIndexOptions: true })).toEqual(ok);
    expect(await send({ createIndexes: 'old', indexes: [index] })).toMatchObject({ ok: 0, code: 72 });
  });

  it.each([
    ['create.capped', { create: 'c', capped: true, size: 4096 }],
    ['create.viewOn', { create: 'c', viewOn: 'messages', pipeline: [] }],
    ['create.timeseries', { create: 'c', timeseries: { timeField: 'at' } }],
    ['create.clusteredIndex', { create: 'c', clusteredIndex: { key: { _id: 1 }, unique: true } }],
    ['create.collation', { create: 'c', collation: { locale: 'de' } }],
    ['create.autoIndexId', { create: 'c', autoIndexId: false }],
    ['create.idIndex on another field than _id', { create: 'c', idIndex: { key: { a: 1 }, name: 'a_1' } }],
    ['index option collation', { create: 'c', idIndex: { key: { _id: 1 }, name: '_id_', collation: { locale: 'de' } } }],
    ['index option hidden', { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a', hidden: true }], ignoreUnknownIndexOptions: true }],
    ['the command applyOps', { applyOps: [{ op: 'c', ns: 'd.$cmd', o: { create: 'c' } }], bypassDocumentValidation: false }],
    ['the command _mergeAuthzCollections', { _mergeAuthzCollections: 1, tempUsersCollection: 'admin.tempusers', drop: false, db: '' }],
  ] as [string, Document][])('is told that %s is not to be had', async (what, command) => {
    expect(await send(command)).toEqual(refused(what));
  }); // prettier-ignore
});

/** As they come back, decoded. */
const withNumbers = (index: Document): Document =>
  'expireAfterSeconds' in index ? { ...index, expireAfterSeconds: 60 } : index;

describe('mongodump and mongoexport', () => {
  it('read everything that is there', async () => {
    await restore();
    const names = await send({ listDatabases: 1, filter: {}, nameOnly: true }, 'admin');
    expect(names['databases']).toContainEqual({ name: database });
    const [collection] = batchOf(await send({ listCollections: 1, filter: { name: 'messages' }, cursor: {} }));
    expect(collection).toMatchObject({ name: 'messages', type: 'collection', options: {}, idIndex: { name: '_id_' } });
    expect(await send({ count: 'messages' })).toMatchObject({ n: 2 });
    expect(batchOf(await send({ listIndexes: 'messages', cursor: { batchSize: 101 } }))).toHaveLength(3);
    expect(batchOf(await send({ find: 'messages', filter: {}, hint: { $natural: 1 } }))).toHaveLength(2);
    expect(batchOf(await send({ find: 'messages', filter: {}, hint: { _id: 1 }, noCursorTimeout: false }))).toHaveLength(2); // prettier-ignore
    const counted = [{ $match: { chatId: 'a' } }, { $group: { _id: new Int32(1), n: { $sum: new Int32(1) } } }];
    expect(batchOf(await send({ aggregate: 'messages', pipeline: counted, cursor: {} }))).toEqual([{ _id: 1, n: 2 }]);
    expect(batchOf(await send({ find: 'messages', filter: {}, projection: { seq: 1 }, skip: 1, limit: 1 }))).toHaveLength(1); // prettier-ignore
  });

  it('--oplog finds none, in words', async () => {
    expect(await send({ find: 'oplog.rs', filter: {}, sort: { $natural: -1 }, limit: 1 }, 'local')).toEqual(
      refused('sort by $natural'),
    );
    expect(await send({ find: 'oplog.rs', filter: {}, oplogReplay: true }, 'local')).toEqual(
      refused('find.oplogReplay'),
    );
  });
});

it('mongoimport inserts, upserts and merges', async () => {
  const common = { ordered: false, bypassDocumentValidation: true, writeConcern: majority };
  expect(await send({ insert: 'people', documents: [{ _id: 1, name: 'Ada' }], ...common })).toMatchObject({ n: 1 });
  const replaced = { q: { _id: 1 }, u: { _id: 1, name: 'Ada Lovelace' }, upsert: true };
  expect(await send({ update: 'people', updates: [replaced], ...common })).toMatchObject({ n: 1, nModified: 1 });
  const merged = { q: { _id: 2 }, u: { $set: { name: 'Grace' } }, upsert: true };
  expect(await send({ update: 'people', updates: [merged], ...common })).toMatchObject({ n: 1 });
  expect(await send({ delete: 'people', deletes: [{ q: { _id: 2 }, limit: 1 }], ordered: true })).toMatchObject({
    n: 1,
  });
});

describe('mongosh and Compass', () => {
  it.each([
    { hello: 1 },
    { ping: 1 },
    { buildInfo: 1 },
    { hostInfo: 1 },
    { getCmdLineOpts: 1 },
    { getParameter: 1, featureCompatibilityVersion: 1 },
    { getLog: 'startupWarnings' },
    { connectionStatus: 1, showPrivileges: true },
    { replSetGetStatus: 1 },
    { replSetGetConfig: 1 },
    { serverStatus: 1, recordStats: 0, tcmalloc: true },
    { listDatabases: 1, nameOnly: false, authorizedDatabases: true },
    { listCollections: 1, filter: {}, nameOnly: true, authorizedCollections: true, cursor: {} },
    { dbStats: 1, scale: 1024, freeStorage: 0 },
    { collStats: 'messages', scale: 1 },
    { count: 'messages', query: {}, maxTimeMS: 500 },
    { find: 'messages', filter: {}, collation: { locale: 'simple' }, let: {} },
    { aggregate: 'messages', pipeline: [{ $match: {} }, { $count: 'n' }], cursor: {}, bypassDocumentValidation: false },
    { explain: { find: 'messages', filter: {} }, verbosity: 'queryPlanner' },
    { dropIndexes: 'messages', index: '*' },
    { endSessions: [lsid] },
  ] as Document[])('are answered: %o', async (command) => {
    await restore();
    expect(await send(command, 'getParameter' in command ? 'admin' : database)).toEqual(ok);
  });

  it.each([
    ['the command top', { top: 1 }],
    ['the command currentOp', { currentOp: 1 }],
    ['the command listCommands', { listCommands: 1 }],
    ['the command collMod', { collMod: 'messages', index: { name: 'a', hidden: true } }],
    ['the command validate', { validate: 'messages', full: false }],
    ['the command renameCollection', { renameCollection: 'a.b', to: 'a.c' }],
    ['the command usersInfo', { usersInfo: 1 }],
    ['the command analyzeShardKey', { analyzeShardKey: 'a.b', key: { a: 1 } }],
    ['$collStats', { aggregate: 'messages', pipeline: [{ $collStats: { storageStats: {} } }], cursor: {} }],
    ['$indexStats', { aggregate: 'messages', pipeline: [{ $indexStats: {} }], cursor: {} }],
    ['$sample', { aggregate: 'messages', pipeline: [{ $sample: { size: 10 } }], cursor: {} }],
    ['an aggregation without a collection', { aggregate: 1, pipeline: [{ $currentOp: {} }], cursor: {} }],
    ['find.collectionUUID', { find: 'messages', collectionUUID: lsid.id }],
    ['find.showRecordId', { find: 'messages', showRecordId: true }],
  ] as [string, Document][])('are told that %s is not to be had', async (what, command) => {
    await restore();
    expect(await send(command)).toEqual(refused(what));
  });

  it('hear of what no MongoDB knows that there is no such thing', async () => {
    expect(await send({ getLastError: 1 })).toMatchObject({ ok: 0, code: 59 });
    expect(await send({ getParameter: 1, nonsense: 1 }, 'admin')).toMatchObject({ ok: 0, code: 72 });
    expect(await send({ find: 'c', nonsense: 1 })).toMatchObject({ ok: 0, code: 40415 });
  });
});
