import { randomUUID } from 'node:crypto';
import { type Collection, type Document, MongoClient, MongoServerError } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded, useEngine } from './support/engine.js';
import { Random } from '../../testing/src/random.js';

/** The indexes under test are the embedded server's own, whatever MONGODB_URI says. */
const { db } = useEngine(openEmbedded);

/** MONGO_FUZZ_SEED repeats one run, MONGO_FUZZ_RUNS makes more of them. */
const firstSeed = Number(process.env['MONGO_FUZZ_SEED'] ?? 1);
const runs = Number(process.env['MONGO_FUZZ_RUNS'] ?? 6);

const DOCUMENTS = 60;
const QUERIES = 60;

const scalars = [null, 0, 1, 2, 3, 1.5, -1, '', 'a', 'ab', 'b', true, false, new Date(0), new Date(5)];
const names = ['a', 'b', 'c'];

const scalar = (random: Random): unknown => random.pick(scalars);

function fieldValue(random: Random): unknown {
  if (random.chance(0.2)) return random.list(3, () => scalar(random));
  if (random.chance(0.1)) return { x: scalar(random) };
  if (random.chance(0.1)) return random.list(2, () => ({ x: scalar(random), y: scalar(random) }));
  return scalar(random);
}

function document(random: Random, _id: number): Document {
  const doc: Document = { _id };
  for (const name of names) if (random.chance(0.85)) doc[name] = fieldValue(random);
  return doc;
}

const operators: ((random: Random) => unknown)[] = [
  scalar,
  (random) => ({ $eq: scalar(random) }),
  (random) => ({ $ne: scalar(random) }),
  (random) => ({ [random.pick(['$gt', '$gte', '$lt', '$lte'])]: scalar(random) }),
  (random) => ({ $gte: random.below(3), $lt: random.below(4) }),
  (random) => ({ $in: random.list(4, () => scalar(random)) }),
  (random) => ({ $nin: random.list(3, () => scalar(random)) }),
  (random) => ({ $exists: random.chance(0.5) }),
  (random) => ({ $elemMatch: { $gte: random.below(3), $lt: random.below(4) } }),
  (random) => ({ $not: { $gt: random.below(4) } }),
  () => /^a/,
];

function filter(random: Random, depth = 0): Document {
  if (depth < 2 && random.chance(0.15)) {
    return { [random.pick(['$and', '$or', '$nor'])]: [filter(random, depth + 1), filter(random, depth + 1)] };
  }
  const fields = [random.pick(names), random.pick([...names, 'a.x', 'b.x', 'a.y'])];
  return Object.fromEntries(fields.slice(0, 1 + random.below(2)).map((name) => [name, random.pick(operators)(random)]));
}

const indexSets: Record<string, 1 | -1>[][] = [
  [{ a: 1 }, { b: -1 }, { 'a.x': 1 }],
  [
    { a: 1, b: 1 },
    { c: 1, a: -1 },
  ],
  [
    { a: -1, b: 1, c: -1 },
    { 'a.x': 1, 'a.y': -1 },
  ],
  [{ b: 1, 'a.x': 1 }, { c: -1 }],
];

async function createAll(collection: Collection, random: Random): Promise<void> {
  for (const key of random.pick(indexSets)) {
    try {
      await collection.createIndex(key);
    } catch (error) {
      // Documents with two arrays beside each other cannot be in a compound index.
      expect(error).toMatchObject({ code: 171 });
    }
  }
}

const byId = (docs: Document[]): Document[] => docs.toSorted((x, y) => x['_id'] - y['_id']);

/** Sorting by a field with arrays has ties; a query that ends its sort with _id has none. */
const sorts = [
  { _id: 1 },
  { a: 1, _id: 1 },
  { b: -1, _id: 1 },
  { a: 1, b: 1, _id: 1 },
  { c: -1, a: 1, _id: 1 },
] as const;

describe('the same query with and without indexes', () => {
  it.each(Array.from({ length: runs }, (_, i) => firstSeed + i))('gives the same documents (seed %i)', async (seed) => {
    const random = new Random(seed);
    const docs = Array.from({ length: DOCUMENTS }, (_, i) => document(random, i));
    const [indexed, plain] = [db().collection('indexed'), db().collection('plain')];
    await Promise.all([indexed.insertMany(docs), plain.insertMany(docs)]);
    await createAll(indexed, random);
    for (let round = 0; round < QUERIES; round += 1) {
      const query = filter(random);
      const about = `seed ${seed}, round ${round}: ${JSON.stringify(query)}`;
      const [found, expected] = await Promise.all([indexed, plain].map((one) => one.find(query).toArray()));
      expect(byId(found!), about).toEqual(byId(expected!));
      expect(await indexed.countDocuments(query), about).toBe(expected!.length);
      const sort = random.pick(sorts);
      const [page, expectedPage] = await Promise.all(
        [indexed, plain].map((one) => one.find(query).sort(sort).skip(2).limit(10).batchSize(3).toArray()),
      );
      expect(page, `${about} sorted by ${JSON.stringify(sort)}`).toEqual(expectedPage);
    }
  });

  it.each(Array.from({ length: runs }, (_, i) => firstSeed + i))(
    'changes the same documents (seed %i)',
    async (seed) => {
      const random = new Random(seed);
      const docs = Array.from({ length: DOCUMENTS }, (_, i) => document(random, i));
      const [indexed, plain] = [db().collection('indexed'), db().collection('plain')];
      await Promise.all([indexed.insertMany(docs), plain.insertMany(docs)]);
      await indexed.createIndex({ a: 1 });
      await indexed.createIndex({ b: -1 });
      for (let round = 0; round < 30; round += 1) {
        const query = filter(random);
        const change = random.chance(0.2) ? undefined : { $set: { [random.pick(names)]: fieldValue(random) } };
        const counts = await Promise.all(
          [indexed, plain].map(async (one) =>
            change
              ? (await one.updateMany(query, change)).matchedCount
              : (await one.deleteOne({ $and: [query, { _id: round as never }] })).deletedCount,
          ),
        );
        expect(counts[0], `seed ${seed}, round ${round}: ${JSON.stringify(query)}`).toBe(counts[1]);
      }
      expect(byId(await indexed.find().toArray())).toEqual(byId(await plain.find().toArray()));
      for (const value of scalars) {
        const [a, b] = await Promise.all([indexed, plain].map((one) => one.find({ a: value }).toArray()));
        expect(byId(a!)).toEqual(byId(b!));
      }
    },
  );
});

const otherUri = process.env['MONGODB_URI'];

describe.runIf(otherUri !== undefined)(
  'the same query here and on another engine, which MONGODB_URI has to name',
  () => {
    let client: MongoClient;
    beforeAll(async () => {
      client = await MongoClient.connect(otherUri!);
    });
    afterAll(() => client?.close());

    it.each(Array.from({ length: runs }, (_, i) => firstSeed + i))(
      'gives the same documents (seed %i)',
      async (seed) => {
        const random = new Random(seed);
        const docs = Array.from({ length: DOCUMENTS }, (_, i) => document(random, i));
        const other = client.db(`t${randomUUID().replaceAll('-', '')}`);
        await Promise.all([db(), other].map((one) => one.collection('c').insertMany(docs)));
        for (let round = 0; round < QUERIES; round += 1) {
          const query = filter(random);
          const [here, there] = [db(), other].map((one) =>
            one.collection('c').find(query).sort({ _id: 1 }).maxTimeMS(5000),
          );
          const expected = await unlessRefused(there!.toArray());
          if (expected === undefined) continue;
          expect(await here!.toArray(), `seed ${seed}, round ${round}: ${JSON.stringify(query)}`).toEqual(expected);
        }
        await other.dropDatabase();
      },
    );
  },
);

/** The other engine may not know every operator, or be slow with it. */
async function unlessRefused<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof MongoServerError) return undefined;
    throw error;
  }
}
