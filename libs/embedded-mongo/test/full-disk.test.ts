import { rm } from 'node:fs/promises';
import { type Collection, MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from './support/engine.js';
import { type ServerProcess, startProcess } from './support/process.js';

const outOfDiskSpace = { code: 14031, codeName: 'OutOfDiskSpace' };
const text = 'x'.repeat(3000);

let dir: string;
let server: ServerProcess | undefined;
let client: MongoClient;

beforeEach(async () => void (dir = await temporaryFolder()));
afterEach(async () => {
  await client?.close();
  await server?.end('SIGKILL');
  await rm(dir, { recursive: true });
});

/** `under` a program that limits what the server may use. */
async function start(options: string[] = [], under?: string[]): Promise<Collection> {
  server = await startProcess(['--port', '0', '--dbpath', dir, ...options], under);
  client = await MongoClient.connect(server.uri);
  return client.db('d').collection('c');
}

/** Writes until a write is refused, with readers beside it; gives what was acknowledged. */
async function fillUp(c: Collection): Promise<number[]> {
  const acknowledged: number[] = [];
  const end: { refused?: unknown } = {};
  let next = 0;
  const writer = async (): Promise<void> => {
    while (end.refused === undefined) {
      const n = (next += 1);
      const refused = await c.insertOne({ n, text }).then(() => undefined, (error: unknown) => error); // prettier-ignore
      if (refused === undefined) acknowledged.push(n);
      else end.refused ??= refused;
    }
  };
  const reader = async (): Promise<void> => {
    while (end.refused === undefined) await c.find({}, { batchSize: 2 }).limit(5).toArray();
  };
  await Promise.all([writer(), writer(), writer(), writer(), reader(), reader()]);
  expect(end.refused).toMatchObject(outOfDiskSpace);
  return acknowledged;
}

/** Writes that do not fit and reads, all at once; gives how many documents each read found. */
async function amongRefusedWrites(c: Collection, large: string): Promise<number[]> {
  const reads: Promise<number>[] = [];
  const writes: Promise<unknown>[] = [];
  for (let n = 0; n < 20; n += 1) {
    writes.push(c.insertOne({ n, text: large }));
    reads.push(c.countDocuments());
    reads.push(c.find().batchSize(2).toArray().then(({ length }) => length)); // prettier-ignore
  }
  for (const write of await Promise.allSettled(writes)) expect(write).toMatchObject({ reason: outOfDiskSpace });
  return Promise.all(reads);
}

const stored = async (c: Collection): Promise<number[]> =>
  (await c.find().project<{ n: number }>({ n: 1 }).toArray()).map(({ n }) => n);

it('a quota that is used up: writes are refused, reads answered, and what makes room is taken', async () => {
  const c = await start(['--max-bytes', '1000000']);
  await c.createIndex({ n: 1 });
  const acknowledged = await fillUp(c);
  const found = await amongRefusedWrites(c, text + text);
  for (const count of found) expect(count).toBeGreaterThanOrEqual(acknowledged.length);
  expect(await stored(c)).toEqual(expect.arrayContaining(acknowledged));
  await expect(c.createIndex({ text: 1, n: 1 })).rejects.toMatchObject(outOfDiskSpace);
  expect(await c.indexes()).toHaveLength(2);
  await c.deleteMany({ n: { $lte: 100 } });
  await c.insertOne({ n: 0, text });
  expect(await c.findOne({ n: 0 }, { hint: { n: 1 } })).toMatchObject({ text });
});

/** Neither file of the server may grow beyond 1 MB. The system refuses to write then, as it does on a full disk. */
const limited = ['sh', '-c', 'ulimit -S -f 2000; exec "$@"', 'sh'];

it('files that cannot grow: writes are refused, reads answered, and what was acknowledged is there when there is room', async () => {
  const limitedTo = await start([], limited);
  const acknowledged = await fillUp(limitedTo);
  await amongRefusedWrites(limitedTo, text.repeat(100));
  expect(await stored(limitedTo)).toEqual(expect.arrayContaining(acknowledged));
  const { output } = await server!.end('SIGTERM');
  expect(output.match(/"msg":"disk full"/g)).toHaveLength(1);
  expect(output).not.toContain('command failed');
  await client.close();
  const c = await start();
  expect(await stored(c)).toEqual(expect.arrayContaining(acknowledged));
  await c.insertOne({ text });
});
