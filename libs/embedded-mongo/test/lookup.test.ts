import { type Document } from 'mongodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { openEngine, useEngine } from './support/engine.js';

const { db } = useEngine(openEngine);

interface Numbered extends Document {
  _id: number;
}

const messages: Numbered[] = [
  { _id: 1, chat: 'a', seq: 1, by: 'ada' },
  { _id: 2, chat: 'a', seq: 2, by: 'grace' },
  { _id: 3, chat: 'a', seq: 3, by: 'ada', quiet: true },
  { _id: 4, chat: 'b', seq: 1, by: 'grace' },
  { _id: 5, seq: 9 },
  { _id: 6, chat: null, seq: 10 },
];

beforeEach(async () => {
  await db()
    .collection<Numbered>('chats')
    .insertMany([{ _id: 1, name: 'a' }, { _id: 2, name: 'b' }, { _id: 3, name: 'c' }, { _id: 4 }]);
  await db().collection<Numbered>('messages').insertMany(messages);
  await db().collection('messages').createIndex({ chat: 1, seq: 1 });
});

const lookup = (pipeline?: Document[]) => ({
  $lookup: { from: 'messages', localField: 'name', foreignField: 'chat', as: 'found', ...(pipeline && { pipeline }) },
});

const found = async (...stages: Document[]): Promise<unknown[]> => {
  const chats = await db().collection('chats').aggregate([{ $sort: { _id: 1 } }, ...stages]).toArray(); // prettier-ignore
  return chats.map((chat) => (chat['found'] as Document[]).map((one) => (one['n'] ?? one['_id']) as number));
};

describe('$lookup', () => {
  it('gives what equals the field, and to a field that is missing what is missing or null', async () => {
    expect((await found(lookup())).map((ids) => (ids as number[]).toSorted((x, y) => x - y))).toEqual([
      [1, 2, 3],
      [4],
      [],
      [5, 6],
    ]);
  });

  it('runs a pipeline over what it finds of each document', async () => {
    expect(await found(lookup([{ $sort: { seq: -1 } }, { $limit: 1 }]))).toEqual([[3], [4], [], [6]]);
    expect(await found(lookup([{ $match: { by: 'ada' } }, { $sort: { seq: -1 } }, { $limit: 1 }]))).toEqual([
      [3],
      [],
      [],
      [],
    ]);
    expect(await found(lookup([{ $match: { seq: { $gt: 1 } } }, { $count: 'n' }]))).toEqual([[2], [], [], [2]]);
    expect(await found(lookup([{ $match: { quiet: true } }, { $project: { _id: 1 } }]))).toEqual([[3], [], [], []]);
  });

  it('of a collection that is not there finds nothing; takes the place of a field of that name', async () => {
    const stage = { $lookup: { from: 'none', localField: 'name', foreignField: 'chat', as: 'name' } };
    const chats = await db().collection('chats').aggregate([{ $match: { _id: 1 } }, stage]).toArray(); // prettier-ignore
    expect(chats).toEqual([{ _id: 1, name: [] }]);
  });

  it('within $lookup', async () => {
    const inner = { $lookup: { from: 'chats', localField: 'chat', foreignField: 'name', as: 'chats' } };
    const stages = [lookup([{ $match: { seq: 1 } }, inner]), { $match: { _id: 2 } }];
    const [chat] = await db().collection('chats').aggregate(stages).toArray();
    expect(chat).toMatchObject({ found: [{ _id: 4, chats: [{ _id: 2, name: 'b' }] }] });
  });
});
