import { DatabaseSync } from 'node:sqlite';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer } from '../src/server.js';
import { openEmbedded, temporaryFolder, useEngine } from './support/engine.js';
import { startProcess } from './support/process.js';

const { db, client } = useEngine(openEmbedded);

const DOCUMENTS = 60_000;

/** Enough for a build to take many steps. Half of them come before 0, half of them from there on. */
async function fill(): Promise<void> {
  const docs = Array.from({ length: DOCUMENTS }, (_, n) => ({ _id: n as never, n: n - DOCUMENTS / 2, tag: n % 100 }));
  await db().collection('c').insertMany(docs);
}

interface Building {
  ended: boolean;
  result: Promise<unknown>;
}

/** Asks for an index, and waits until the server is at it. */
async function build(key: Document, options: Document = {}): Promise<Building> {
  const building: Building = { ended: false, result: Promise.resolve() };
  const asked = db().collection('c').createIndex(key, options);
  building.result = asked.finally(() => (building.ended = true));
  building.result.catch(() => undefined);
  // Answered behind the first step, as it came behind it.
  await db()
    .collection('c')
    .findOne({ _id: 0 as never });
  await db()
    .collection('c')
    .findOne({ _id: 0 as never });
  return building;
}

const indexNames = async (): Promise<unknown[]> => (await db().collection('c').indexes()).map(({ name }) => name);
const entries = (key: Document): Promise<number> =>
  db()
    .collection('c')
    .countDocuments({}, { hint: key as never });

describe('while an index is built over a large collection', () => {
  it('other commands are answered', async () => {
    await fill();
    const building = await build({ n: 1 });
    const answers: boolean[] = [];
    while (!building.ended) {
      await db().collection('c').findOne({ n: 1 });
      await db().command({ ping: 1 });
      answers.push(building.ended);
    }
    expect(answers.filter((late) => !late).length).toBeGreaterThan(2);
    await building.result;
    expect(await entries({ n: 1 })).toBe(DOCUMENTS);
  });

  it('what is written is in it, on either side of what was read so far', async () => {
    await fill();
    const c = db().collection('c');
    const building = await build({ n: 1 }, { unique: true });
    await c.updateOne({ _id: 0 as never }, { $set: { n: 1_000_000 } });
    await c.updateOne({ _id: (DOCUMENTS - 1) as never }, { $set: { n: 1_000_001 } });
    await c.deleteOne({ _id: 1 as never });
    await c.deleteOne({ _id: (DOCUMENTS - 2) as never });
    await c.insertOne({ _id: DOCUMENTS as never, n: 1_000_002 });
    expect(building.ended).toBe(false);
    await building.result;
    const late = await c.find({ n: { $gte: 1_000_000 } }).sort({ n: 1 }).hint({ n: 1 }).toArray(); // prettier-ignore
    expect(late.map(({ _id }) => _id)).toEqual([0, DOCUMENTS - 1, DOCUMENTS]);
    expect(await entries({ n: 1 })).toBe(DOCUMENTS - 1);
    expect(await c.findOne({ n: -DOCUMENTS / 2 }, { hint: { n: 1 } })).toBeNull();
    await expect(c.insertOne({ n: 1_000_000 })).rejects.toMatchObject({ code: 11000 });
  });

  it('an arriving duplicate is stored, and ends the build where it is still there at the end', async () => {
    await fill();
    const c = db().collection('c');
    const building = await build({ n: 1 }, { unique: true });
    await c.insertOne({ n: -DOCUMENTS / 2 });
    expect(building.ended).toBe(false);
    await expect(building.result).rejects.toMatchObject({ code: 11000, keyPattern: { n: 1 } });
    expect(await indexNames()).toEqual(['_id_']);
    expect(await c.countDocuments({ n: -DOCUMENTS / 2 })).toBe(2);
  });

  it.each(['first', 'second'])('a duplicate that is gone again does no harm (the %s of both goes)', async (which) => {
    await fill();
    const c = db().collection('c');
    const building = await build({ n: 1 }, { unique: true });
    await c.insertOne({ _id: 'twin' as never, n: -DOCUMENTS / 2 });
    await c.deleteOne({ _id: (which === 'first' ? 0 : 'twin') as never });
    expect(building.ended).toBe(false);
    await building.result;
    expect(await entries({ n: 1 })).toBe(DOCUMENTS);
    expect(await c.findOne({ n: -DOCUMENTS / 2 }, { hint: { n: 1 } })).toMatchObject({
      _id: which === 'first' ? 'twin' : 0,
    });
  });

  it('an old duplicate ends it, nothing of it is left, and it can be built once the cause is gone', async () => {
    await fill();
    const c = db().collection('c');
    const { insertedId } = await c.insertOne({ n: 0 });
    const building = await build({ n: 1 }, { unique: true });
    await expect(building.result).rejects.toMatchObject({ code: 11000 });
    expect(await indexNames()).toEqual(['_id_']);
    await c.deleteOne({ _id: insertedId });
    await c.createIndex({ n: 1 }, { unique: true });
    expect(await indexNames()).toEqual(['_id_', 'n_1']);
  });

  it('it is not listed and answers nothing; who asks for it too gets it when it is whole', async () => {
    await fill();
    const building = await build({ n: 1 });
    expect(await indexNames()).toEqual(['_id_']);
    const second = await build({ n: 1 });
    expect([building.ended, second.ended]).toEqual([false, false]);
    await Promise.all([building.result, second.result]);
    expect(await indexNames()).toEqual(['_id_', 'n_1']);
  });

  it.each([
    ['dropping the index', () => db().collection('c').dropIndex('n_1')],
    ['dropping the collection', () => db().collection('c').drop()],
    ['dropping the database', () => db().dropDatabase()],
  ])('%s ends it', async (_, drop) => {
    await fill();
    const building = await build({ n: 1 });
    await drop();
    await expect(building.result).rejects.toMatchObject({ code: 276 });
    await db().collection('c').insertOne({ n: 1 });
    await db().collection('c').createIndex({ n: 1 });
    expect(await indexNames()).toEqual(['_id_', 'n_1']);
  });

  it('its time limit ends it', async () => {
    await fill();
    await expect(db().collection('c').createIndex({ n: 1 }, { maxTimeMS: 1 })).rejects.toMatchObject({ code: 50 });
    expect(await indexNames()).toEqual(['_id_']);
    expect(client()).toBeDefined();
  });
});

describe('a server that ends in the middle of a build', () => {
  let dir: string;
  beforeEach(async () => void (dir = await temporaryFolder()));
  afterEach(() => rm(dir, { recursive: true }));

  const tables = (): string[] => {
    const file = new DatabaseSync(join(dir, 'embedded-mongo.sqlite'));
    const names = file.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '[bi][0-9]*'`).all();
    file.close();
    return names.map(({ name }) => String(name)).toSorted();
  };

  it.each(['SIGKILL', 'SIGTERM'] as const)('by %s leaves no half of it', async (signal) => {
    const server = await startProcess(['--port', '0', '--dbpath', dir]);
    const one = await MongoClient.connect(server.uri);
    const c = one.db('d').collection('c');
    await c.insertMany(Array.from({ length: 50_000 }, (_, n) => ({ n })));
    const building = c.createIndex({ n: 1 }, { unique: true });
    const failed = expect(building).rejects.toThrow();
    await c.findOne();
    await c.insertOne({ n: -1 });
    await server.end(signal);
    await one.close();
    await failed;
    expect(tables()).toEqual(['b1', 'i1']);
    const next = await startServer({ dir, port: 0, host: '127.0.0.1', replicaSet: 'rs0', ttlIntervalMs: 60_000, clock: Date.now, log: () => undefined }); // prettier-ignore
    const again = await MongoClient.connect(`mongodb://127.0.0.1:${next.port}/?replicaSet=rs0`);
    expect(await again.db('d').collection('c').countDocuments()).toBe(50_001);
    expect(await again.db('d').collection('c').indexes()).toHaveLength(1);
    await again.close();
    await next.close();
    expect(tables()).toEqual(['i1']);
  });
});
