import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Store, startStore } from '@roost/local-cluster';
import { mongo } from 'mongoose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../src/lock.js';
import { Refused } from '../src/refused.js';
import { exportTo } from '../src/transfer/export.js';
import { importInto } from '../src/transfer/import.js';
import { endRuns, runCommand } from './support/runs.js';

const { Decimal128, Double, Int32, Long, ObjectId, Timestamp } = mongo;

const root = mkdtempSync(join(tmpdir(), 'roost-transfer-'));
const data = join(root, 'data');
const dump = join(root, 'dump');
let other: Store;
let others: mongo.MongoClient;
let database = 0;

/** A folder as `npm start` leaves it, and another server to move to. */
beforeAll(async () => {
  mkdirSync(join(data, 'store'), { recursive: true });
  const store = await startStore({ dir: join(data, 'store'), only: 'embedded' });
  const client = await mongo.MongoClient.connect(store.uri);
  await fill(client.db());
  await client.close();
  await store.part?.stop();
  other = await startStore({ dir: root, only: 'embedded' });
  others = await mongo.MongoClient.connect(other.uri);
  expect(await outcome('--data', data, 'export', dump)).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await endRuns();
  await others?.close();
  await other?.part?.stop();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => void (database += 1));

async function fill(db: mongo.Db): Promise<void> {
  const many = Array.from({ length: 2_500 }, (_, n) => ({ chatId: n % 7, seq: n, text: 'Grüße \u{1f600}'.repeat(5) }));
  await db.collection('messages').insertMany(many);
  await db.collection('messages').createIndex({ chatId: 1, seq: -1 }, { unique: true });
  await db.collection('users').insertOne({
    _id: new ObjectId('0123456789abcdef01234567'),
    whole: new Int32(1), long: Long.fromNumber(2), double: new Double(3), price: Decimal128.fromString('1.10'),
    at: new Date(5), bytes: Buffer.from('x'), expression: /^a/i, none: null, list: [[], {}], time: new Timestamp({ t: 1, i: 2 }),
  }); // prettier-ignore
  const live = { expireAfterSeconds: 1e6, partialFilterExpression: { live: true } };
  await db.collection('users').createIndex({ at: 1 }, live);
  await db.createCollection('empty');
}

async function outcome(...args: string[]): Promise<{ code: number | null; said: string }> {
  const run = runCommand(...args);
  return { code: await run.exited, said: run.said };
}

const target = (): string => other.databaseUri(`into${database}`);

/** Everything, byte for byte. */
async function contents(db: mongo.Db): Promise<unknown> {
  const names = (await db.listCollections().toArray()).map(({ name }) => name).toSorted();
  return Promise.all(
    names.map(async (name) => ({
      name,
      indexes: await db.collection(name).listIndexes().toArray(),
      documents: (
        await db
          .collection(name)
          .find({}, { raw: true, sort: { _id: 1 } })
          .toArray()
      ).map((one) => (one as unknown as Buffer).toString('base64')),
    })),
  );
}

test('what the embedded store holds is moved to another MongoDB, byte for byte, with its indexes', async () => {
  const { code, said } = await outcome('import', dump, target());
  expect(said).toMatch(/empty +0 documents[^]*messages +2500 documents[^]*users +1 documents/);
  expect(code).toBe(0);
  const store = await startStore({ dir: join(data, 'store'), only: 'embedded' });
  const from = await mongo.MongoClient.connect(store.uri);
  const [before, after] = await Promise.all([contents(from.db()), contents(others.db(`into${database}`))]);
  await from.close();
  await store.part?.stop();
  expect(after).toEqual(before);
});

test('a database that has something is left alone', async () => {
  await others.db(`into${database}`).collection('mine').insertOne({});
  const { code, said } = await outcome('import', dump, target());
  expect(said).toMatch(/the database into\d+ has collections already \(mine\)/);
  expect(code).toBe(1);
});

test('wrong arguments and what cannot be done are told from each other by the exit code, and said in words', async () => {
  const address = await outcome('import', dump, 'localhost');
  expect(address).toMatchObject({ code: 2, said: expect.stringContaining('the address is not one like mongodb://') });
  const folder = await outcome('--data', join(root, 'none'), 'export', join(root, 'x'));
  expect(folder).toMatchObject({ code: 1, said: expect.stringContaining('has no data of the embedded server') });
  expect(folder.said).not.toMatch(/\n\s+at /); // no stack trace
});

const nobody = 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=10';
const ignore = (): void => undefined;

test.each([
  ['no folder', () => importInto(nobody, join(root, 'none'), ignore), 'is no folder'],
  ['no dump', () => importInto(nobody, data, ignore), 'has no dump'],
  ['nobody there', () => importInto(nobody, dump, ignore), 'is not to be reached'],
  ['a folder that is there', () => exportTo(dump, data, ignore), 'is there already'],
])('%s is refused', async (_, act, words) => {
  const refusal = await act().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refused);
  expect(String(refusal)).toContain(words);
});

test('while a cluster runs nothing is exported', async () => {
  const release = takeLock(join(data, 'lock'));
  await expect(exportTo(join(root, 'meanwhile'), data, ignore)).rejects.toThrow('stop it first');
  release();
  expect(readdirSync(root).filter((name) => name.startsWith('meanwhile'))).toEqual([]);
});

test.each([
  ['cut off', 'users.bson', Buffer.from([40, 0, 0]), 'is cut off'],
  ['garbage', 'users.bson', Buffer.from('garbage in the middle'), 'there is no BSON document at byte'],
  ['no list of indexes', 'users.metadata.json', Buffer.from('x'), 'is no JSON'],
])('a dump that is damaged is named: %s', async (_, file, bytes, words) => {
  const damaged = join(root, `damaged${database}`);
  cpSync(dump, damaged, { recursive: true });
  appendFileSync(join(damaged, 'roost', file), bytes);
  await expect(importInto(target(), damaged, ignore)).rejects.toThrow(words);
});

test('of a dump with several databases one has to be named', async () => {
  const both = join(root, 'both');
  for (const name of ['a', 'b']) cpSync(join(dump, 'roost'), join(both, name), { recursive: true });
  writeFileSync(join(both, 'prelude.json'), '{}');
  await expect(importInto(target(), both, ignore)).rejects.toThrow(`say which, for example ${join(both, 'a')}`);
  await importInto(target(), join(both, 'a'), ignore);
  expect(await others.db(`into${database}`).collection('messages').countDocuments()).toBe(2_500);
});
