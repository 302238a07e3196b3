import { Decimal128, type Document, Timestamp } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { openEmbedded, useEngine } from './support/engine.js';
import { RawClient } from './support/wire.js';

const { db, client, uri } = useEngine(openEmbedded);

const refused = (code: number, text: string): object => ({ code, message: expect.stringContaining(text) });
const notHereReply = (what: string): object => ({ code: 2, errmsg: `${what} is not supported by the embedded server` });
const notHere = (what: string): object => refused(2, `${what} is not supported by the embedded server`);

const run = (command: Document): Promise<Document> => db().command(command);

describe('what this server does not do is refused by its name', () => {
  it.each([
    ['$lookup.let', { $lookup: { from: 'x', localField: 'a', foreignField: 'b', as: 'c', let: { d: 1 } } }],
    ['$unionWith', { $unionWith: 'x' }],
    ['$addFields', { $addFields: { a: 1 } }],
    ['$out', { $out: 'x' }],
    ['the expression $add', { $group: { _id: { $add: [1, 2] } } }],
    ['the accumulator $stdDevPop', { $group: { _id: null, x: { $stdDevPop: '$a' } } }],
    ['a projection of x to a value', { $project: { x: '$a' } }],
    ['$where', { $match: { $where: 'true' } }],
  ] as [string, Document][])('in a pipeline: %s', async (what, stage) => {
    await expect(
      db()
        .collection('c')
        .aggregate([{ $match: { a: 1 } }, stage])
        .toArray(),
    ).rejects.toMatchObject(notHere(what));
  });

  it('in commands', async () => {
    await expect(run({ bulkWrite: 1 })).rejects.toMatchObject(refused(115, 'the command bulkWrite is not supported'));
    await expect(run({ mapReduce: 'c' })).rejects.toMatchObject(refused(115, 'mapReduce'));
    await expect(run({ nonsense: 1 })).rejects.toMatchObject(refused(59, "no such command: 'nonsense'"));
    await expect(run({ find: 'c', nonsense: 1 })).rejects.toMatchObject(refused(40415, 'find.nonsense'));
    await expect(run({ find: 'c', collation: { locale: 'de' } })).rejects.toMatchObject(notHere('find.collation'));
    await expect(run({ find: 'c', readConcern: { level: 'snapshot' } })).rejects.toMatchObject(
      notHere('readConcern level "snapshot"'),
    );
    await expect(run({ create: 'c', capped: true, size: 1 })).rejects.toMatchObject(notHere('create.capped'));
    await expect(run({ create: 'c', validator: { a: 1 } })).rejects.toMatchObject(notHere('create.validator'));
    await expect(run({ replSetInitiate: {} })).rejects.toMatchObject(refused(23, 'already initialized'));
  });

  it('in indexes', async () => {
    const c = db().collection('c');
    await expect(c.createIndex({ a: 'text' })).rejects.toMatchObject(notHere('index type text'));
    await expect(c.createIndex({ a: '2dsphere' })).rejects.toMatchObject(notHere('index type 2dsphere'));
    await expect(c.createIndex({ '$**': 1 })).rejects.toMatchObject(notHere('a wildcard index'));
    await expect(c.createIndex({ a: 1 }, { collation: { locale: 'de' } })).rejects.toMatchObject(
      notHere('index option collation'),
    );
    await expect(c.createIndex({ a: 1 }, { partialFilterExpression: { a: { $ne: 1 } } })).rejects.toMatchObject({
      code: 67,
    });
    await expect(c.createIndex({ a: 1, b: 1 }, { expireAfterSeconds: 1 })).rejects.toMatchObject({ code: 67 });
  });

  it('in updates', async () => {
    const c = db().collection('c');
    await expect(c.updateOne({}, [{ $set: { a: 1 } }])).rejects.toMatchObject(notHere('an update by a pipeline'));
    await expect(c.updateOne({}, { $bit: { a: { and: 1 } } })).rejects.toMatchObject(notHere('$bit'));
    await expect(c.updateOne({}, { $foo: { a: 1 } })).rejects.toMatchObject({ code: 9 });
    await expect(c.updateOne({}, { $set: { a: 1 } }, { collation: { locale: 'de' } })).rejects.toMatchObject(notHere('update.updates.collation')); // prettier-ignore
  });

  it('in values: comparing a Decimal128', async () => {
    const c = db().collection('c');
    await c.insertOne({ price: Decimal128.fromString('1.10') });
    expect((await c.findOne())!['price']).toEqual(Decimal128.fromString('1.10'));
    await expect(c.findOne({ price: { $gt: 1 } })).rejects.toMatchObject(notHere('comparing a Decimal128'));
  });

  it('transactions and change streams', async () => {
    const session = client().startSession();
    session.startTransaction();
    await expect(db().collection('c').insertOne({}, { session })).rejects.toMatchObject(
      refused(115, 'transactions are not supported'),
    );
    await session.endSession();
    await expect(db().collection('c').watch().next()).rejects.toMatchObject(notHere('$changeStream'));
  });
});

describe('an invalid command changes nothing', () => {
  it('that names what cannot be a database or a collection', async () => {
    const command = { ping: 1, $db: 'a.b' };
    const raw = await RawClient.connect(Number(new URL(uri()).port));
    expect(await raw.command(command)).toMatchObject({ ok: 0, code: 73 });
    expect(await raw.command({ insert: 'a$b', documents: [{}], $db: 'd' })).toMatchObject({ ok: 0, code: 73 });
    expect(await raw.command({ insert: 'c', documents: [{ t: new Timestamp(0n) }], $db: 'd' })).toMatchObject({
      n: 0,
      writeErrors: [notHereReply('an empty Timestamp to be filled in')],
    });
    raw.close();
  });

  it('that is too large, or about an array as _id', async () => {
    const c = db().collection('c');
    await expect(c.insertOne({ _id: [1] as never })).rejects.toMatchObject({ code: 2 });
    await c.insertOne({ _id: 1 as never, text: 'x'.repeat(16 * 1024 * 1024 - 100) });
    await expect(c.updateOne({}, { $set: { more: 'x'.repeat(200) } })).rejects.toMatchObject({ code: 10334 });
    expect(await c.countDocuments({ more: { $exists: true } })).toBe(0);
  });

  it('that asks for a write to more members than there are', async () => {
    const result = db()
      .collection('c')
      .insertOne({ _id: 1 as never }, { writeConcern: { w: 3 } });
    await expect(result).rejects.toMatchObject({ code: 100 });
  });
});

const stage = async (filter: Document, sort?: Document): Promise<string> => {
  const found = db().collection('c').find(filter);
  const { queryPlanner } = await (sort ? found.sort(sort) : found).explain('queryPlanner');
  return [...JSON.stringify(queryPlanner.winningPlan).matchAll(/"stage":"(\w+)"/g)].map(([, name]) => name).join(' ');
};

describe('explain', () => {
  it('tells whether an index is used, and whether a sort is needed', async () => {
    const c = db().collection('c');
    await c.createIndex({ chatId: 1, seq: 1 }, { unique: true });
    await c.createIndex({ tags: 1 });
    await c.createIndex({ live: 1, at: 1 }, { partialFilterExpression: { live: true } });
    await c.insertMany([
      { chatId: 'x', seq: 1, tags: ['ada', 'adele'] },
      { chatId: 'x', seq: 2, live: true, at: 1 },
    ]);
    expect(await stage({ chatId: 'x', seq: { $gt: 0 } }, { seq: -1 })).toBe('FETCH IXSCAN');
    expect(await stage({ chatId: 'x' }, { text: 1 })).toBe('SORT FETCH IXSCAN');
    expect(await stage({ _id: { $in: [1, 2] } })).toBe('FETCH IXSCAN');
    expect(await stage({ tags: /^ad/ })).toBe('FETCH IXSCAN');
    expect(await stage({ live: true, at: { $lt: 5 } })).toBe('FETCH IXSCAN');
    expect(await stage({ live: { $ne: false }, at: 5 })).toBe('COLLSCAN');
    expect(await stage({ text: 'x' })).toBe('COLLSCAN');
    expect(await stage({ tags: /ad/ })).toBe('COLLSCAN');
    expect(await stage({}, { chatId: -1, seq: -1 })).toBe('FETCH IXSCAN');
  });

  it('counts what was looked at, and follows a hint', async () => {
    const c = db().collection('c');
    await c.createIndex({ n: 1 });
    await c.insertMany(Array.from({ length: 50 }, (_, n) => ({ n })));
    const { executionStats } = await c.find({ n: { $gte: 40 } }).explain('executionStats');
    expect(executionStats).toMatchObject({ nReturned: 10, totalKeysExamined: 10, totalDocsExamined: 10 });
    const forced = await c
      .find({ n: { $gte: 40 } })
      .hint({ $natural: 1 })
      .explain('executionStats');
    expect(forced.executionStats).toMatchObject({ nReturned: 10, totalDocsExamined: 50 });
    await expect(c.find({}).hint('nothing').toArray()).rejects.toMatchObject({ code: 2 });
  });

  it('has a time limit for scans', async () => {
    const c = db().collection('c');
    await c.insertMany(Array.from({ length: 20_000 }, (_, n) => ({ n, list: [n, n + 1, n + 2] })));
    await expect(
      c
        .find({ list: { $elemMatch: { $gt: 1e9 } } })
        .maxTimeMS(1)
        .toArray(),
    ).rejects.toMatchObject({ code: 50 });
  });
});
