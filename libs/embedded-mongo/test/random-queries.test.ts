import type { Collection, Document } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { openEmbedded, useEngine } from './support/engine.js';
import { document, fieldValue, filter, names, scalars, sorts } from './support/random-queries.js';
import { Random } from '../../testing/src/random.js';

/** The indexes under test are the embedded server's own, whatever MONGODB_URI says. */
const { db } = useEngine(openEmbedded);

/** MONGO_FUZZ_SEED repeats one run, MONGO_FUZZ_RUNS makes more of them. */
const firstSeed = Number(process.env['MONGO_FUZZ_SEED'] ?? 1);
const runs = Number(process.env['MONGO_FUZZ_RUNS'] ?? 6);

const DOCUMENTS = 60;
const QUERIES = 60;

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
