import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mongo } from 'mongoose';
import { afterAll, expect, test } from 'vitest';
import { type Store, startStore } from '../src/index.js';
import { temporaryFolder } from './support/toys.js';

const { dir, remove } = temporaryFolder();
afterAll(remove);

test('a given address is taken as it is, and no process is started', async () => {
  const env = { MONGODB_URI: 'mongodb://db.example.com:27017,db2.example.com/chat?replicaSet=rs0', MONGOD_BIN: '/x' };
  const store = await startStore({ dir: join(dir, 'given'), env });
  expect(store).toMatchObject({ kind: 'given', uri: env.MONGODB_URI });
  expect(store.part).toBeUndefined();
  expect(store.databaseUri('other')).toBe('mongodb://db.example.com:27017,db2.example.com/other?replicaSet=rs0');
});

test('a given address without a database gets the default one', async () => {
  const store = await startStore({ dir: join(dir, 'given'), env: { MONGODB_URI: 'mongodb://h' }, database: 'chat' });
  expect(store.uri).toBe('mongodb://h/chat');
});

test('the embedded server keeps its documents over a kill and a start', async () => {
  const store = await startStore({ dir: join(dir, 'embedded'), env: { PATH: '' } });
  expect(store.kind).toBe('embedded');
  await withPeople(store, (people) => people.insertOne({ name: 'Ada' }));
  await store.part?.kill();
  await store.part?.start();
  expect(await withPeople(store, (people) => people.countDocuments({ name: 'Ada' }))).toBe(1);
  await store.part?.stop();
});

test('a mongod becomes a replica set of one, and moves with its port', async () => {
  const env = { MONGOD_BIN: mongodStandIn() };
  const config = join(dir, 'mongod/mongod/replica-set.json');
  for (const version of [1, 2]) {
    const store = await startStore({ dir: join(dir, 'mongod'), env });
    if (store.kind !== 'mongod') throw new Error(`it took ${store.kind}`);
    const members = [{ _id: 0, host: `127.0.0.1:${store.port}` }];
    expect(JSON.parse(readFileSync(config, 'utf8'))).toEqual({ _id: 'roost', version, members });
    await store.part.stop();
  }
});

async function withPeople<T>(store: Store, use: (people: mongo.Collection) => Promise<T>): Promise<T> {
  const client = new mongo.MongoClient(store.databaseUri('people'));
  try {
    return await use(client.db().collection('people'));
  } finally {
    await client.close();
  }
}

/** An executable that runs the stand-in with what mongod would be given. */
function mongodStandIn(): string {
  const script = fileURLToPath(new URL('./support/mongod-stand-in.ts', import.meta.url));
  const file = join(dir, 'mongod-stand-in');
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}
