import { rm } from 'node:fs/promises';
import { Long, MongoClient, UUID } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from './support/engine.js';
import { runServer, type ServerProcess, startProcess } from './support/process.js';
import { RawClient } from './support/wire.js';

let dir: string;
let running: ServerProcess[];

beforeEach(async () => {
  running = [];
  dir = await temporaryFolder();
});
afterEach(async () => {
  await Promise.all(running.map((server) => server.end('SIGKILL')));
  await rm(dir, { recursive: true });
});

async function start(...args: string[]): Promise<ServerProcess> {
  const server = await startProcess(['--port', '0', '--dbpath', dir, ...args]);
  running.push(server);
  return server;
}

async function end(server: ServerProcess, signal: NodeJS.Signals) {
  running = running.filter((other) => other !== server);
  return server.end(signal);
}

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 at %s, and what was written is there again', async (signal) => {
    const first = await start();
    const client = await MongoClient.connect(first.uri);
    await client.db('d').collection('c').createIndex({ name: 1 }, { unique: true });
    await client.db('d').collection('c').insertOne({ name: 'Ada' });
    expect(await end(first, signal)).toMatchObject({ status: 0 });
    await client.close();
    const second = await start();
    const again = await MongoClient.connect(second.uri);
    await expect(again.db('d').collection('c').insertOne({ name: 'Ada' })).rejects.toMatchObject({ code: 11000 });
    await again.close();
  });

  it('takes the name of its one member from the first replSetInitiate, and keeps it', async () => {
    const config = { _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] };
    const first = await start();
    const before = await RawClient.connect(first.port);
    expect(await before.command({ replSetInitiate: config, $db: 'admin' })).toMatchObject({ ok: 1 });
    expect(await before.command({ replSetInitiate: config, $db: 'admin' })).toMatchObject({ ok: 0, code: 23 });
    await end(first, 'SIGTERM');
    const second = await start();
    const after = await RawClient.connect(second.port);
    expect(await after.command({ hello: 1, $db: 'admin' })).toMatchObject({
      me: 'mongo:27017',
      hosts: ['mongo:27017'],
    });
    expect(await after.command({ replSetInitiate: config, $db: 'admin' })).toMatchObject({ ok: 0, code: 23 });
    after.close();
  });

  it('says what is wrong with its command line, and ends with 2', async () => {
    expect(await runServer(['--sharded'])).toMatchObject({ status: 2, output: expect.stringContaining('--sharded') });
    expect(await runServer(['--port', 'x'])).toMatchObject({ status: 2, output: expect.stringContaining("--port has to be a whole number up to 65535, not 'x'") }); // prettier-ignore
    expect(await runServer(['--help'])).toMatchObject({ status: 0, output: expect.stringContaining('--dbpath DIR') });
  });

  it('says that its port or its folder is taken, and ends with 1', async () => {
    const server = await start();
    const samePort = await runServer(['--port', String(server.port), '--dbpath', `${dir}/other`]);
    expect(samePort).toMatchObject({
      status: 1,
      output: expect.stringContaining(`port ${server.port} of 127.0.0.1 is taken`),
    });
    const sameFolder = await runServer(['--port', '0', '--dbpath', dir]);
    expect(sameFolder).toMatchObject({ status: 1, output: expect.stringContaining('is in use by another process') });
  });

  it('removes documents whose time is over', async () => {
    const server = await start('--setParameter', 'ttlMonitorSleepSecs=1');
    const client = await MongoClient.connect(server.uri);
    const c = client.db('d').collection('c');
    await c.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    await c.insertMany([
      { at: new Date(0) },
      { at: new Date() },
      { at: 'never' },
      {},
      { at: [new Date(), new Date(0)] },
    ]);
    await expect.poll(() => c.countDocuments()).toBe(3);
    await client.close();
  });

  it('answers between the steps of a removal that takes long', async () => {
    const server = await start('--setParameter', 'ttlMonitorSleepSecs=1');
    const client = await MongoClient.connect(server.uri);
    const c = client.db('d').collection('c');
    await c.insertMany(Array.from({ length: 20_000 }, () => ({ at: new Date(0) })));
    await c.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    const counts = new Set<number>();
    while (!counts.has(0)) counts.add(await c.countDocuments());
    expect(counts.size).toBeGreaterThan(3);
    await client.close();
  });
});

async function writeUntilKilled(server: ServerProcess, acknowledged: number[], enough: number): Promise<void> {
  const client = await MongoClient.connect(server.uri, { serverSelectionTimeoutMS: 300 });
  const c = client.db('d').collection('c');
  await c.createIndex({ n: 1 }, { unique: true });
  let next = acknowledged.length * 10;
  let killed: Promise<unknown> | undefined;
  const writer = async (): Promise<void> => {
    while (killed === undefined) {
      const n = (next += 1);
      // What the kill interrupts was not acknowledged, and nothing is claimed about it.
      const done = await c.insertOne({ n, text: 'x'.repeat(200) }).catch(() => undefined);
      if (done !== undefined) acknowledged.push(n);
      if (acknowledged.length >= enough) killed ??= end(server, 'SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: 16 }, writer));
  await killed;
  await client.close();
}

describe('killed with -9 under sixteen writers', () => {
  it('has every acknowledged write when it is back', async () => {
    const acknowledged: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const server = await start();
      await writeUntilKilled(server, acknowledged, 400 * (round + 1));
    }
    const server = await start();
    const client = await MongoClient.connect(server.uri);
    const stored = await client.db('d').collection('c').find().project<{ n: number }>({ n: 1 }).toArray();
    const present = new Set(stored.map(({ n }) => n));
    expect(acknowledged.filter((n) => !present.has(n))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(1200);
    expect(
      await client
        .db('d')
        .collection('c')
        .countDocuments({ n: { $gte: 0 } }),
    ).toBe(stored.length);
    await client.close();
  });

  it('answers a repeated write with its first reply, and does not write again', async () => {
    const insert = {
      insert: 'c',
      documents: [{ n: 1 }, { _id: 1 }, { _id: 1 }],
      ordered: true,
      lsid: { id: new UUID() },
      txnNumber: Long.fromNumber(1),
      $db: 'd',
    };
    const first = await start();
    const before = await RawClient.connect(first.port);
    const reply = await before.command(insert);
    expect(reply).toMatchObject({ ok: 1, n: 2, writeErrors: [{ index: 2, code: 11000 }] });
    await end(first, 'SIGKILL');
    const second = await start();
    const after = await RawClient.connect(second.port);
    expect(await after.command(insert)).toEqual(reply);
    expect(await after.command({ count: 'c', $db: 'd' })).toMatchObject({ n: 2 });
    expect(await after.command({ ...insert, txnNumber: Long.ZERO })).toMatchObject({ ok: 0, code: 225 });
    after.close();
  });
});
