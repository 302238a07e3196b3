import { describe, expect, it } from 'vitest';
import { openEngine, useEngine } from './support/engine.js';

const { db } = useEngine(openEngine);

const duplicate = (keyPattern: object, keyValue: object): object => ({ code: 11000, keyPattern, keyValue });

describe('a unique index', () => {
  it('refuses a second document with the same values, and names the index and the values', async () => {
    const c = db().collection('messages');
    await c.createIndex({ chatId: 1, seq: 1 }, { unique: true });
    await c.insertOne({ chatId: 'x', seq: 1 });
    await expect(c.insertOne({ chatId: 'x', seq: 1 })).rejects.toMatchObject(
      duplicate({ chatId: 1, seq: 1 }, { chatId: 'x', seq: 1 }),
    );
    await c.insertOne({ chatId: 'x', seq: 2 });
    await expect(c.updateOne({ seq: 2 }, { $set: { seq: 1 } })).rejects.toMatchObject({ code: 11000 });
    expect((await c.find().sort({ seq: 1 }).toArray()).map((doc) => doc['seq'])).toEqual([1, 2]);
  });

  it('lets one of many racing inserts win each number', async () => {
    const c = db().collection('messages');
    await c.createIndex({ chatId: 1, seq: 1 }, { unique: true });
    const tries = Array.from({ length: 100 }, (_, i) => c.insertOne({ chatId: 'x', seq: i % 10 }));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(await c.countDocuments()).toBe(10);
  });

  it('with a partial filter leaves the other documents alone', async () => {
    const c = db().collection('messages');
    const key = { chatId: 1, senderId: 1, clientMessageId: 1 } as const;
    await c.createIndex(key, { unique: true, partialFilterExpression: { clientMessageId: { $exists: true } } });
    await c.insertMany([
      { chatId: 'x', senderId: 'ada' },
      { chatId: 'x', senderId: 'ada' },
    ]);
    await c.insertOne({ chatId: 'x', senderId: 'ada', clientMessageId: 'm1' });
    await expect(c.insertOne({ chatId: 'x', senderId: 'ada', clientMessageId: 'm1' })).rejects.toMatchObject(
      duplicate(key, { chatId: 'x', senderId: 'ada', clientMessageId: 'm1' }),
    );
    await c.insertOne({ chatId: 'x', senderId: 'grace', clientMessageId: 'm1' });
    await expect(c.updateMany({ clientMessageId: { $exists: false } }, { $set: { clientMessageId: 'm2' } })).rejects.toMatchObject({ code: 11000 }); // prettier-ignore
  });

  it('holds missing and null for the same value', async () => {
    const c = db().collection('c');
    await c.createIndex({ k: 1 }, { unique: true });
    await c.insertOne({ k: null });
    await expect(c.insertOne({ other: 1 })).rejects.toMatchObject({ code: 11000 });
  });

  it('holds an array to each of its elements', async () => {
    const c = db().collection('c');
    await c.createIndex({ tags: 1 }, { unique: true });
    await c.insertOne({ tags: ['a', 'b', 'a'] });
    await expect(c.insertOne({ tags: ['c', 'b'] })).rejects.toMatchObject({ code: 11000 });
    await c.insertOne({ tags: ['c'] });
  });

  it('cannot be made over duplicates, and then is not there', async () => {
    const c = db().collection('c');
    await c.insertMany([{ k: 1 }, { k: 1 }]);
    await expect(c.createIndex({ k: 1 }, { unique: true })).rejects.toMatchObject({ code: 11000 });
    expect((await c.indexes()).map(({ name }) => name)).toEqual(['_id_']);
  });

  it('frees its values when a document goes or changes', async () => {
    const c = db().collection('c');
    await c.createIndex({ k: 1 }, { unique: true });
    await c.insertOne({ k: 1 });
    await c.updateOne({ k: 1 }, { $set: { k: 2 } });
    await c.insertOne({ k: 1 });
    await c.deleteOne({ k: 2 });
    await c.insertOne({ k: 2 });
    expect(await c.countDocuments()).toBe(2);
  });
});

describe('the indexes of a collection', () => {
  it('are listed as they were made, and made again without complaint', async () => {
    const c = db().collection('c');
    await c.createIndex({ at: 1 }, { expireAfterSeconds: 60, name: 'life' });
    await c.createIndex({ at: 1 }, { expireAfterSeconds: 60, name: 'life' });
    await c.createIndex({ a: 1, b: -1 }, { sparse: true });
    const [id, life, compound] = await c.indexes();
    expect(id).toMatchObject({ name: '_id_', key: { _id: 1 } });
    expect(life).toMatchObject({ name: 'life', key: { at: 1 }, expireAfterSeconds: 60 });
    expect(compound).toMatchObject({ name: 'a_1_b_-1', key: { a: 1, b: -1 }, sparse: true });
  });

  it('do not take another index of the same name, nor the same key with other options', async () => {
    const c = db().collection('c');
    await c.createIndex({ a: 1 }, { name: 'one' });
    await expect(c.createIndex({ b: 1 }, { name: 'one' })).rejects.toMatchObject({ code: 86 });
    await expect(c.createIndex({ a: 1 }, { name: 'two' })).rejects.toMatchObject({ code: 85 });
  });

  it('can be dropped, except that of _id', async () => {
    const c = db().collection('c');
    await c.createIndex({ a: 1 });
    await c.dropIndex('a_1');
    await expect(c.dropIndex('a_1')).rejects.toMatchObject({ code: 27 });
    await expect(c.dropIndex('_id_')).rejects.toMatchObject({ code: 72 });
    expect(await c.indexes()).toHaveLength(1);
  });
});

describe('an $or', () => {
  it('is answered from one index that bounds each alternative, and gives nothing twice', async () => {
    const c = db().collection('messages');
    await c.createIndex({ chatId: 1, seq: 1 }, { unique: true });
    await c.createIndex({ chatId: 1, seq: 1, quiet: 1 }, { partialFilterExpression: { quiet: true } });
    for (const chatId of ['x', 'y', 'z'])
      await c.insertMany([1, 2, 3, 4].map((seq) => ({ chatId, seq, ...(seq > 2 && { quiet: true }) })));
    const either = {
      $or: [
        { chatId: 'y', seq: { $gt: 1, $lte: 3 } },
        { chatId: 'x', seq: { $gt: 3 } },
        { chatId: 'y', seq: { $gte: 3 } },
      ],
    };
    const found = await c.find(either).sort({ chatId: 1, seq: 1 }).toArray();
    expect(found.map(({ chatId, seq }) => `${chatId}${seq}`)).toEqual(['x4', 'y2', 'y3', 'y4']);
    expect(await c.countDocuments({ ...either, quiet: true })).toBe(3);
    const read = async (filter: object) => (await c.find(filter).explain('executionStats'))['executionStats'];
    expect(await read(either)).toMatchObject({ nReturned: 4, totalKeysExamined: 4 });
    expect(await read({ ...either, quiet: true })).toMatchObject({ nReturned: 3, totalKeysExamined: 3 });
    expect(await read({ $or: [{ chatId: 'x', seq: 1 }, { quiet: true }] })).toMatchObject({ totalDocsExamined: 12 });
  });
});

describe('a catalogue', () => {
  it('lists and drops collections', async () => {
    await db().createCollection('one');
    await db().collection('two').insertOne({});
    expect((await db().listCollections().toArray()).map(({ name }) => name).toSorted()).toEqual(['one', 'two']);
    expect(await db().collection('one').drop()).toBe(true);
    expect(await db().listCollections({ name: 'one' }).toArray()).toEqual([]);
    await db().dropDatabase();
    expect(await db().listCollections({}, { nameOnly: true }).toArray()).toEqual([]);
  });

  it('has no indexes of a collection that is not there', async () => {
    await expect(db().collection('nothing').indexes()).rejects.toMatchObject({ code: 26 });
  });
});
