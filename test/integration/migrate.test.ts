import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { mongo } from 'mongoose';
import { freePort, startReplica } from '@roost/local-cluster';
import { runMigrate, runReplica } from '@roost/testing';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';

/** For its stores: these tests have databases of their own. */
const test = clusterTest();

const membersStep = '2026-11 memberships of deleted chats end';
const sequencer = 'index of messages: chatId 1, seq 1 {"unique":true}';

test('a replica does not start on a database that lacks something, says so in a sentence, and builds nothing', async ({
  cluster,
  onTestFinished,
}) => {
  const { settings, db } = await freshDatabase(cluster, onTestFinished);
  const ended = await runReplica(settings);
  expect(ended.code).toBe(1);
  const sentence = /^Cannot start: the database lacks what this version needs .*: run `npm run migrate` first$/gm;
  expect(ended.output.match(sentence)).toHaveLength(1);
  expect(await db.listCollections().toArray()).toEqual([]);

  expect((await runMigrate(settings)).code).toBe(0);
  await db.collection<{ _id: string }>('migrations').deleteOne({ _id: sequencer });
  expect((await runReplica(settings)).output).toContain(`(1, first: ${sequencer})`);
});

test('the plan is shown and does nothing; two at once do everything once; the next one finds it done', async ({
  cluster,
  onTestFinished,
}) => {
  const { settings, db } = await freshDatabase(cluster, onTestFinished);
  const plan = await runMigrate(settings, '--plan');
  expect(plan).toMatchObject({ code: 0, output: expect.stringContaining(sequencer) });
  expect(plan.output).toContain(membersStep);
  expect(await db.listCollections().toArray()).toEqual([]);

  const both = await Promise.all([runMigrate(settings), runMigrate(settings)]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(both.filter(({ output }) => output.includes(`${sequencer}: done`))).toHaveLength(1);
  expect(await db.collection('messages').indexes()).toContainEqual(
    expect.objectContaining({ name: 'chatId_1_seq_1', unique: true }),
  );
  expect(await db.collection('leases').countDocuments()).toBe(0);

  expect((await runMigrate(settings)).output).toBe('The database has all that this version needs.\n');
  const replica = await startReplica({
    name: 'migrated',
    port: await freePort(),
    dir: cluster.parts.dir,
    env: settings,
  });
  expect((await replica.stop())?.code).toBe(0);
});

test('what was broken off goes on from there, and what older versions left is put right', async ({
  cluster,
  onTestFinished,
}) => {
  const { settings, db } = await freshDatabase(cluster, onTestFinished);
  const chats = Array.from({ length: 450 }, (_, index) => ({ _id: new mongo.ObjectId(), isDeleted: index % 2 === 0 }));
  await db.collection('chats').insertMany(chats);
  const members = chats.map(({ _id: chatId }) => ({ chatId, userId: new mongo.ObjectId(), active: true }));
  await db.collection('members').insertMany(members);
  const named = ['🦊', 'Ada 🦊', 'Ada'].map((displayName, index) => ({ displayName, email: `${index}@example.org` }));
  await db.collection('users').insertMany(named.map((user) => ({ ...user, nameWords: ['ada'] })));
  // As one leaves it that died a minute ago with the lease, after the first index.
  await db.collection<{ _id: string }>('migrations').insertOne({ _id: sequencer });
  await db
    .collection<Lease>('leases')
    .insertOne({ _id: 'migrate', holder: 'dead', until: new Date(Date.now() - 60_000) });

  const ended = await runMigrate(settings);
  expect(ended.code).toBe(0);
  expect(ended.output).not.toContain(sequencer);
  const active = await db.collection('members').find({ active: true }).toArray();
  const live = chats.filter(({ isDeleted }) => !isDeleted).map(({ _id }) => _id.toHexString());
  expect(active.map(({ chatId }) => String(chatId)).toSorted()).toEqual(live.toSorted());
  const users = await db.collection('users').find().sort({ email: 1 }).toArray();
  expect(users.map(({ nameWords }) => nameWords as string[])).toEqual([['🦊'], ['ada', '🦊'], ['ada']]);
});

interface Lease {
  readonly _id: string;
  readonly holder: string;
  readonly until: Date;
}

/** A database without anything, and the settings of a replica that is to use it. */
async function freshDatabase({ parts }: Cluster, onTestFinished: (work: () => Promise<void>) => void) {
  const uri = parts.store.databaseUri(`roost_test_${randomBytes(6).toString('hex')}`);
  const client = await mongo.MongoClient.connect(uri);
  onTestFinished(async () => {
    await client.db().dropDatabase();
    await client.close();
  });
  const settings = {
    NODE_ENV: 'test',
    PORT: '0',
    HOST: '127.0.0.1',
    JWT_SECRET: parts.secret,
    MONGODB_URI: uri,
    REDIS_URL: parts.redis.url,
  };
  return { settings, db: client.db() };
}
