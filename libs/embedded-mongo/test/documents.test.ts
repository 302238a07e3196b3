import { Double, Int32, Long, ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { openEngine, useEngine } from './support/engine.js';

const { db } = useEngine(openEngine);

const code = (expected: number): unknown => expect.objectContaining({ code: expected });

describe('documents', () => {
  it('come back as they were inserted, types and order of fields kept', async () => {
    const doc = {
      _id: new ObjectId(),
      text: 'Grüße \u{1f600}',
      none: null,
      yes: true,
      at: new Date(1_700_000_000_123),
      list: [1, 'two', { three: [3] }],
      nested: { b: 1, a: { c: 2 } },
      half: 1.5,
    };
    await db()
      .collection('c')
      .insertOne({ ...doc });
    const found = await db().collection('c').findOne();
    expect(found).toEqual(doc);
    expect(Object.keys(found!)).toEqual(Object.keys(doc));
  });

  it('get an _id when they come without one', async () => {
    await db().command({ insert: 'c', documents: [{ name: 'Ada' }] });
    const found = await db().collection('c').findOne();
    expect(found?._id).toBeInstanceOf(ObjectId);
    expect(Object.keys(found!)[0]).toBe('_id');
  });

  it('keep the kind of their numbers when another field is updated', async () => {
    const numbers = db().collection('c', { promoteValues: false, promoteLongs: false });
    await numbers.insertOne({ _id: 1 as never, d: new Double(1), l: Long.ONE, i: new Int32(1) });
    await numbers.updateOne({}, { $set: { x: 1 } });
    const found = await numbers.findOne();
    expect([found!['d'], found!['l'], found!['i']]).toEqual([new Double(1), Long.ONE, new Int32(1)]);
  });

  it('are inserted in order up to the first that fails, or all that can be when unordered', async () => {
    const docs = [{ _id: 1 }, { _id: 2 }, { _id: 1 }, { _id: 3 }] as never[];
    const ordered = db().collection('ordered').insertMany(docs);
    await expect(ordered).rejects.toMatchObject({ code: 11000, writeErrors: [{ index: 2, code: 11000 }] });
    expect(await db().collection('ordered').countDocuments()).toBe(2);
    const unordered = db().collection('unordered').insertMany(docs, { ordered: false });
    await expect(unordered).rejects.toMatchObject({ writeErrors: [{ index: 2 }] });
    expect(await db().collection('unordered').countDocuments()).toBe(3);
  });

  it('are handed out in batches by a cursor, all of them once', async () => {
    const docs = Array.from({ length: 500 }, (_, n) => ({ n, pad: 'x'.repeat(100) }));
    await db().collection('c').insertMany(docs);
    const found = await db().collection('c').find().batchSize(7).toArray();
    expect(found.map((doc) => doc['n'])).toEqual(docs.map(({ n }) => n));
    const cursor = db().collection('c').find().sort({ n: -1 }).batchSize(10);
    expect((await cursor.next())!['n']).toBe(499);
    await cursor.close();
  });

  it('larger than a reply together are split over several batches', async () => {
    const pad = 'x'.repeat(6 * 1024 * 1024);
    for (let n = 0; n < 4; n += 1) await db().collection('c').insertOne({ n, pad });
    const sizes = (await db().collection('c').find().sort({ n: 1 }).toArray()).map((doc) => doc['pad'].length);
    expect(sizes).toEqual([pad.length, pad.length, pad.length, pad.length]);
  });
});

const ids = async (filter: object, sort: object = { _id: 1 }): Promise<unknown[]> =>
  (
    await db()
      .collection('people')
      .find(filter)
      .sort(sort as never)
      .toArray()
  ).map(({ _id }) => _id);

describe('finding', () => {
  const people = [
    { _id: 'ada', age: 36, tags: ['math', 'verse'], mail: { host: 'a' } },
    { _id: 'grace', age: 85, tags: ['ships'], mail: { host: 'b' } },
    { _id: 'linus', age: 50, tags: [], mail: { host: 'a' } },
  ] as never[];
  it('sorts, skips and limits', async () => {
    await db().collection('people').insertMany(people);
    expect(await ids({}, { age: -1 })).toEqual(['grace', 'linus', 'ada']);
    expect(await ids({}, { 'mail.host': 1, age: -1 })).toEqual(['linus', 'ada', 'grace']);
    const middle = await db().collection('people').find().sort({ age: 1 }).skip(1).limit(1).toArray();
    expect(middle.map(({ _id }) => _id)).toEqual(['linus']);
    expect(
      (
        await db()
          .collection('people')
          .findOne({}, { sort: { age: -1 } })
      )?._id,
    ).toBe('grace');
  });

  it('understands the operators of filters', async () => {
    await db().collection('people').insertMany(people);
    expect(await ids({ age: { $gt: 36, $lte: 85 } })).toEqual(['grace', 'linus']);
    expect(await ids({ _id: { $in: ['ada', 'linus', 'nobody'] } })).toEqual(['ada', 'linus']);
    expect(await ids({ _id: { $nin: ['ada'] } })).toEqual(['grace', 'linus']);
    expect(await ids({ tags: 'math' })).toEqual(['ada']);
    expect(await ids({ tags: { $size: 0 } })).toEqual(['linus']);
    expect(await ids({ tags: /^sh/ })).toEqual(['grace']);
    expect(await ids({ 'mail.host': { $ne: 'a' } })).toEqual(['grace']);
    expect(await ids({ $or: [{ age: 36 }, { age: 50 }] })).toEqual(['ada', 'linus']);
    expect(await ids({ gone: { $exists: false }, age: { $not: { $lt: 50 } } })).toEqual(['grace', 'linus']);
    expect(await ids({ tags: { $all: ['math', 'verse'] } })).toEqual(['ada']);
    expect(await ids({ gone: null })).toEqual(['ada', 'grace', 'linus']);
  });

  it('projects', async () => {
    await db().collection('people').insertMany(people);
    const project = (projection: object): Promise<unknown> =>
      db()
        .collection('people')
        .findOne({ _id: 'ada' as never }, { projection });
    expect(await project({ age: 1 })).toEqual({ _id: 'ada', age: 36 });
    expect(await project({ age: 1, _id: 0 })).toEqual({ age: 36 });
    expect(await project({ tags: 0, mail: 0 })).toEqual({ _id: 'ada', age: 36 });
    expect(await project({ 'mail.host': 1 })).toEqual({ _id: 'ada', mail: { host: 'a' } });
    expect(await project({ 'mail.host': 0, age: 0 })).toEqual({ _id: 'ada', tags: ['math', 'verse'], mail: {} });
    expect(await project({ tags: { $slice: 1 }, age: 1 })).toEqual({ _id: 'ada', age: 36, tags: ['math'] });
    await expect(project({ age: 1, tags: 0 })).rejects.toThrow();
  });

  it('counts', async () => {
    await db().collection('people').insertMany(people);
    const counted = db().collection('people');
    expect(await counted.countDocuments({ age: { $gt: 40 } })).toBe(2);
    expect(await counted.countDocuments({}, { skip: 1 })).toBe(2);
    expect(await counted.countDocuments({}, { limit: 1 })).toBe(1);
    expect(await counted.countDocuments({ _id: 'nobody' as never })).toBe(0);
    expect(await counted.estimatedDocumentCount()).toBe(3);
    expect(await db().collection('nothing').countDocuments()).toBe(0);
    expect(new Set(await counted.distinct('tags'))).toEqual(new Set(['math', 'ships', 'verse']));
    expect(await counted.distinct('mail.host', { age: 85 })).toEqual(['b']);
  });

  it('groups', async () => {
    await db().collection('people').insertMany(people);
    const groups = await db()
      .collection('people')
      .aggregate([
        { $match: { age: { $gt: 0 } } },
        { $group: { _id: '$mail.host', n: { $sum: 1 }, oldest: { $max: '$age' }, mean: { $avg: '$age' } } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    expect(groups).toEqual([
      { _id: 'a', n: 2, oldest: 50, mean: 43 },
      { _id: 'b', n: 1, oldest: 85, mean: 85 },
    ]);
  });
});

describe('updating', () => {
  it('changes what matches and says how much', async () => {
    const c = db().collection<{ _id: number; n?: number; m?: number }>('c');
    await c.insertMany([{ _id: 1, n: 1 }, { _id: 2, n: 1 }, { _id: 3 }]);
    expect(await c.updateOne({ _id: 1 }, { $inc: { n: 1 } })).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await c.updateOne({ _id: 1 }, { $set: { n: 2 } })).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
    expect(await c.updateMany({ n: { $exists: true } }, { $set: { m: 0 } })).toMatchObject({ modifiedCount: 2 });
    expect(await c.replaceOne({ _id: 3 }, { n: 9 })).toMatchObject({ modifiedCount: 1 });
    expect(await c.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, n: 2, m: 0 },
      { _id: 2, n: 1, m: 0 },
      { _id: 3, n: 9 },
    ]);
    expect(await c.deleteOne({ n: { $gt: 0 } })).toMatchObject({ deletedCount: 1 });
    expect(await c.deleteMany({})).toMatchObject({ deletedCount: 2 });
  });

  it('inserts when nothing matches an upsert', async () => {
    const c = db().collection('c');
    const first = await c.updateOne({ k: 'x' }, { $set: { a: 1 }, $setOnInsert: { b: 2 } }, { upsert: true });
    expect(first).toMatchObject({ matchedCount: 0, upsertedCount: 1 });
    const second = await c.updateOne({ k: 'x' }, { $set: { a: 5 }, $setOnInsert: { b: 9 } }, { upsert: true });
    expect(second).toMatchObject({ matchedCount: 1, upsertedCount: 0 });
    expect(await c.find().toArray()).toEqual([{ _id: first.upsertedId, k: 'x', a: 5, b: 2 }]);
  });

  it('applies a change only if its revision is newer, also when many race', async () => {
    const c = db().collection<{ _id: number; rev?: number; title?: string }>('chats');
    await c.insertOne({ _id: 1 });
    const revisions = Array.from({ length: 20 }, (_, i) => i + 1).toSorted((a, b) => ((a * 7) % 20) - ((b * 7) % 20));
    await Promise.all(
      revisions.map((rev) =>
        c.updateOne(
          { _id: 1, $or: [{ rev: { $exists: false } }, { rev: { $lt: rev } }] },
          { $set: { rev, title: `title ${rev}` } },
        ),
      ),
    );
    expect(await c.findOne()).toEqual({ _id: 1, rev: 20, title: 'title 20' });
  });

  it('finds and updates, before or after', async () => {
    const c = db().collection<{ _id: string; n: number }>('c');
    expect(await c.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } })).toBeNull();
    const upsert = { upsert: true, returnDocument: 'after' } as const;
    expect(await c.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } }, upsert)).toEqual({ _id: 'a', n: 1 });
    expect(await c.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } })).toEqual({ _id: 'a', n: 1 });
    expect(await c.findOneAndReplace({ _id: 'a' }, { n: 7 }, { returnDocument: 'after' })).toEqual({ _id: 'a', n: 7 });
    expect(await c.findOneAndDelete({}, { projection: { _id: 0 } })).toEqual({ n: 7 });
    expect(await c.countDocuments()).toBe(0);
  });

  it('takes the first in order when asked to', async () => {
    const c = db().collection<{ _id: number; at: number }>('c');
    await c.insertMany([
      { _id: 1, at: 3 },
      { _id: 2, at: 1 },
      { _id: 3, at: 2 },
    ]);
    expect(await c.findOneAndDelete({}, { sort: { at: 1 } })).toEqual({ _id: 2, at: 1 });
    expect(await c.findOneAndUpdate({}, { $set: { at: 0 } }, { sort: { at: -1 } })).toEqual({ _id: 1, at: 3 });
  });

  it('works on arrays', async () => {
    const c = db().collection<{ _id: number; list: unknown[] }>('c');
    await c.insertOne({ _id: 1, list: [1, 2, { k: 'a', n: 0 }, { k: 'b', n: 0 }] });
    await c.updateOne({ 'list.k': 'b' }, { $inc: { 'list.$.n': 5 } });
    await c.updateOne({}, { $push: { list: { $each: [9], $slice: -4 } } });
    await c.updateOne({}, { $addToSet: { list: 2 }, $unset: { gone: '' } });
    await c.updateOne({}, { $pull: { list: { k: 'a' } } });
    await c.updateOne({}, { $set: { 'list.$[e].m': 1 } }, { arrayFilters: [{ 'e.k': 'b' }] });
    expect((await c.findOne())!.list).toEqual([2, { k: 'b', n: 5, m: 1 }, 9]);
  });

  it('fails by code where it cannot be done, and changes nothing', async () => {
    const c = db().collection('c');
    await c.insertOne({ _id: 1 as never, text: 'x', list: [] });
    await expect(c.updateOne({}, { $inc: { text: 1 } })).rejects.toEqual(code(14));
    await expect(c.updateOne({}, { $set: { _id: 2 } })).rejects.toEqual(code(66));
    await expect(c.updateOne({}, { $set: { text: 1 }, $inc: { text: 1 } })).rejects.toEqual(code(40));
    await expect(c.updateOne({}, { $push: { text: 1 } } as never)).rejects.toEqual(code(2));
    await expect(c.updateOne({}, { $set: { 'text.deep': 1 } })).rejects.toEqual(code(28));
    expect(await c.findOne()).toEqual({ _id: 1, text: 'x', list: [] });
  });

  it('runs a mixed bulk, in order', async () => {
    const c = db().collection<{ _id: number; n: number }>('c');
    const result = await c.bulkWrite([
      { insertOne: { document: { _id: 1, n: 1 } } },
      { updateOne: { filter: { _id: 1 }, update: { $inc: { n: 1 } } } },
      { updateOne: { filter: { _id: 2 }, update: { $set: { n: 5 } }, upsert: true } },
      { replaceOne: { filter: { _id: 2 }, replacement: { n: 6 } } },
      { updateMany: { filter: {}, update: { $inc: { n: 10 } } } },
      { deleteOne: { filter: { _id: 1 } } },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, upsertedCount: 1, modifiedCount: 4, deletedCount: 1 });
    expect(result.upsertedIds).toEqual({ 2: 2 });
    expect(await c.find().toArray()).toEqual([{ _id: 2, n: 16 }]);
  });

  it('counts every one of many increments at once', async () => {
    const c = db().collection<{ _id: number; n: number }>('c');
    await c.insertOne({ _id: 1, n: 0 });
    const options = { returnDocument: 'after' } as const;
    const seen = await Promise.all(
      Array.from({ length: 200 }, () => c.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, options)),
    );
    expect(seen.map((doc) => doc!.n).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });
});
