import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Store } from '../src/storage/store.js';
import { temporaryFolder } from './support/engine.js';
import { startProcess } from './support/process.js';

let dir: string;
beforeEach(async () => void (dir = await temporaryFolder()));
afterEach(() => rm(dir, { recursive: true }));

it('has SQLite wait for the disk at every commit', () => {
  const { db } = Store.open(dir);
  const FULL = 2;
  expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: FULL });
  expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  db.close();
});

/** With -D the tracer stands aside, and the process that was started is the server itself. */
const strace = (log: string): string[] => ['strace', '-D', '-f', '-e', 'trace=fsync,fdatasync', '-o', log];
const canTrace = spawnSync('strace', ['-D', '-f', '-o', '/dev/null', 'true']).status === 0;

it.skipIf(!canTrace)('syncs before each acknowledgement (where strace shows the system calls)', async () => {
  const log = join(dir, 'calls');
  const server = await startProcess(['--port', '0', '--dbpath', dir], strace(log));
  const client = await MongoClient.connect(server.uri);
  const c = client.db('d').collection('c', { writeConcern: { w: 'majority', journal: true } });
  const syncs = (): number => readFileSync(log, 'utf8').match(/sync\(.*= 0$/gm)?.length ?? 0;
  for (let n = 0; n < 50; n += 1) {
    const before = syncs();
    await c.insertOne({ n });
    expect(syncs()).toBeGreaterThan(before);
  }
  const alone = syncs();
  await Promise.all(Array.from({ length: 200 }, () => c.insertOne({})));
  const together = syncs();
  expect(together - alone).toBeLessThan(200);
  await c.find().toArray();
  expect(syncs()).toBe(together);
  await client.close();
  expect(await server.end('SIGTERM')).toMatchObject({ status: 0 });
});
