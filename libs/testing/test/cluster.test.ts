import { existsSync } from 'node:fs';
import { isFree } from '@roost/local-cluster';
import { mongo } from 'mongoose';
import { expect, test } from 'vitest';
import { startCluster } from '../src/index.js';

test('a stopped cluster leaves nothing: no process, no folder, no database', async () => {
  const cluster = await startCluster({ replicas: 2, nginx: true, mongoLink: true });
  const { dir, redis, store, replicas, nginx, mongoLink, databaseUri } = cluster.parts;
  const ada = await cluster.client('ada', { nginx: true });
  await ada.settled();
  const ports = [redis.port, mongoLink!.port, nginx!.port, ...replicas.map(({ port }) => port)];
  if (store.kind !== 'given') ports.push(store.port);

  await cluster.stop();
  expect(existsSync(dir)).toBe(false);
  for (const port of ports) expect(await isFree(port)).toBe(true);
  if (store.kind === 'given') {
    const client = await mongo.MongoClient.connect(databaseUri);
    expect(await client.db().listCollections().toArray()).toEqual([]);
    await client.close();
  }
});

test('who comes after somebody on the same parts finds nobody and nothing, and the same processes', async () => {
  const before = await startCluster();
  try {
    await before.chat({ members: ['ada', 'grace'] });
    const { pid } = before.replica(1);
    const after = await before.anew();
    const database = await after.mongo.database();
    const counts = await Promise.all(['users', 'chats'].map((name) => database.collection(name).countDocuments()));
    expect(counts).toEqual([0, 0]);
    const ada = await after.client('ada');
    expect(ada.userId).not.toBe((await before.person('ada')).id);
    expect(after.replica(1).pid).toBe(pid);
    await after.mongo.close();
  } finally {
    await before.stop();
  }
});

test('a part that cannot start is named with the reason, and nothing stays', async () => {
  const starting = startCluster({
    replicas: 2,
    nodeArgs: ['--import', 'data:text/javascript,throw new Error(`not today`)'],
  });
  await expect(starting).rejects.toThrow(/replica-\d ended before it was ready \(exit code 1\)[^]*not today/);
});

test('a client that was told what the contract does not know fails when it is closed', async () => {
  const cluster = await startCluster();
  try {
    const { id } = await cluster.chat({ members: ['ada', 'grace'] });
    const users = (await cluster.mongo.database()).collection('users');
    await users.updateOne({ email: 'ada@example.org' }, { $set: { displayName: 7 } });
    await cluster.restartReplica(1);
    const listening = await cluster.client('grace');
    const sending = cluster.api('ada').call('messages.send', { body: { chatId: id, text: 'Who am I?' } });
    await expect(sending).rejects.toThrow(/not as the contract says/);
    await listening.next('message:new', ({ chatId }) => chatId === id);
    expect(() => listening.close()).toThrow(/fact message:new is not as the contract says/);
  } finally {
    await cluster.stop();
  }
});
