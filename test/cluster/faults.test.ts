import { join } from 'node:path';
import type { Message } from '@roost/contract';
import { Redis } from 'ioredis';
import { describe, expect, vi } from 'vitest';
import { freePort, startRedis, startReplica } from '@roost/local-cluster';
import type { RedisPart, ReplicaPart } from '@roost/local-cluster';
import { redisKindOfTests, redisKinds } from '@roost/testing';
import type { Cluster, TestClient } from '@roost/testing';
import { awaitedLater } from '../support/awaited-later.js';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { expectComplete, historyOf, write } from '../support/writing.js';

const test = clusterTest({
  replicas: 2,
  nginx: true,
  mongoLink: true,
  settings: { SENDS_PER_S: '10000', SENDS_BURST: '10000', SEND_WAIT_MAX_MS: '0' },
});
const names = Array.from({ length: 6 }, (_, index) => `person-${index + 1}`);

test('G1 kill -9 under load: its clients are back on another within 5 s; what was acknowledged is there once, in one order', async ({
  cluster,
}) => {
  const { id: chatId } = await cluster.chat({ members: names });
  const clients = await Promise.all(names.map((name) => cluster.client(name, { nginx: true, reconnect: true })));
  // nginx spreads people at random: all of them may be on the second.
  const killed = clients[0]!.session.replica === 'replica-1' ? 1 : 2;
  const struck = clients.filter(({ session }) => session.replica === `replica-${killed}`);
  const over = new AbortController();
  const writing = awaitedLater(clients.map((client) => write(client, chatId, over.signal)));
  await vi.waitUntil(() => clients[0]!.received('message:new').length > 30, patienceMs);

  await cluster.replica(killed).kill();
  await Promise.all(struck.map((one) => vi.waitUntil(() => isBackOn(one, `replica-${3 - killed}`), patienceMs)));
  over.abort();
  const sent = (await Promise.all(writing)).flat();
  await cluster.replica(killed).start();

  await expectComplete(cluster, { name: 'person-1', chatId, sent, clients });
});

/** What happens to the home of some chats while people on both replicas write in them, and how it ends. */
const faultsOfHomes: Record<string, (cluster: Cluster, meanwhile: () => Promise<void>) => Promise<void>> = {
  'is killed': async (cluster, meanwhile) => {
    await cluster.replica(1).kill();
    await meanwhile();
    await cluster.replica(1).start();
  },
  hangs: async (cluster, meanwhile) => {
    cluster.replica(1).freeze();
    await meanwhile();
    cluster.replica(1).thaw();
  },
  'is cut off, for Redis stops': async (cluster, meanwhile) => {
    await cluster.redis.stop();
    await meanwhile();
    await cluster.redis.start();
  },
};

describe.for(Object.entries(faultsOfHomes))('a replica that is the home of contended chats', ([what, happens]) => {
  test(`G1 G2 M3 a home that ${what}: what others have handed to it is answered, there once, and in the order of each device`, async ({
    cluster,
  }) => {
    // Each replica is the home of some of them.
    const chats = await Promise.all(Array.from({ length: 10 }, () => cluster.chat({ members: ['ada', 'grace'] })));
    const ada = await cluster.client('ada', { replica: 1, reconnect: true });
    const grace = await cluster.client('grace', { replica: 2, reconnect: true });
    const over = new AbortController();
    const theirs = awaitedLater(chats.map(({ id }) => write(ada, id, over.signal)));
    const hers = awaitedLater(chats.map(({ id }) => writeInBursts(grace, id, over.signal)));
    await vi.waitUntil(async () => (await handedOver(cluster, 2)) > 20, 20_000);
    await happens(cluster, async () => {
      const before = grace.received('message:new').length;
      await vi.waitUntil(() => grace.received('message:new').length > before + 100, 20_000);
    });
    over.abort();
    const sent = (await Promise.all([...theirs, ...hers])).flat();
    for (const { id: chatId } of chats) {
      const stored = await historyOf(cluster, 'ada', chatId);
      expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
      const acknowledged = sent.filter((message) => message.chatId === chatId).toSorted((a, b) => a.seq - b.seq);
      expect(stored.map(({ id }) => id)).toEqual(acknowledged.map(({ id }) => id));
      const numbers = stored.filter(({ sender }) => sender.id === grace.userId).map(({ text }) => Number(text));
      expect(numbers).toEqual(numbers.map((_, index) => index));
    }
  });
});

/** Five at a time, without waiting for one before the next; every one of them has to be answered. */
async function writeInBursts(client: TestClient, chatId: string, over: AbortSignal): Promise<Message[]> {
  const sent: Message[] = [];
  while (!over.aborted) {
    const texts = Array.from({ length: 5 }, (_, index) => String(sent.length + index));
    const replies = await Promise.all(texts.map((text) => client.command('message:send', { chatId, text })));
    sent.push(...replies.map(({ message }) => message));
  }
  return sent;
}

async function handedOver(cluster: Cluster, replica: number): Promise<number> {
  const { body } = await cluster.http('GET /metrics', {}, { replica });
  return Number(/^roost_handed_over_total\{log="messages"\} (\d+)$/m.exec(String(body))?.[1] ?? 0);
}

test('G4 MongoDB away: commands fail in time and say they may be tried again, nothing is half done, the outbox delivers', async ({
  cluster,
}) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  await ada.send(chatId, 'before');
  const pids = cluster.parts.replicas.map(({ pid }) => pid);
  await cluster.mongo.stop();
  const waiting = awaitedLater(ada.send(chatId, 'from the outbox'));
  try {
    const refusals = await Promise.all([
      ada.refused('message:send', { chatId, text: 'refused' }),
      ada.refused('chat:update', { chatId, title: 'refused' }),
      ada.refused('chat:create', { type: 'group', title: 'refused', memberIds: [] }),
      grace.refused('sync', { chats: { [chatId]: { seq: 0, rev: 0 } } }),
      grace.refused('message:list', { chatId }),
    ]);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'store/unavailable', retryable: true });
    for (const replica of [1, 2]) {
      expect((await cluster.http('GET /health/ready', {}, { replica })).status).toBe(503);
      expect((await cluster.http('GET /health/live', {}, { replica })).status).toBe(200);
    }
  } finally {
    await cluster.mongo.start();
  }
  const delivered = await waiting;
  await grace.next('message:new', ({ id }) => id === delivered.id);
  const { items } = await vi.waitFor(() => grace.command('message:list', { chatId }), patienceMs);
  expect(items.filter(({ text }) => text === 'from the outbox')).toHaveLength(1);
  expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
  for (const replica of [1, 2]) {
    const ready = async () => (await cluster.http('GET /health/ready', {}, { replica })).status;
    await vi.waitFor(async () => expect(await ready()).toBe(200), patienceMs);
  }
  expect(cluster.parts.replicas.map(({ pid }) => pid)).toEqual(pids);
});

describe('readiness', () => {
  test('G5 a replica that alone does not reach the others is alive and not ready; the others are', async ({
    cluster,
  }) => {
    await withLonely(cluster, async (lonely, redis) => {
      await redis.stop();
      await vi.waitFor(async () => expect(await statusOf(lonely, 'ready')).toBe(503), patienceMs);
      expect(await statusOf(lonely, 'live')).toBe(200);
      expect((await cluster.http('GET /health/ready')).status).toBe(200);
      await redis.start();
      await vi.waitFor(async () => expect(await statusOf(lonely, 'ready')).toBe(200), patienceMs);
    });
  });

  test('G2 G5 a subscription that was lost though Redis answers is made anew, and all are told', async ({
    cluster,
  }) => {
    const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
    const [ada] = await cluster.clients('ada');
    const grace = await cluster.client('grace', { replica: 2 });
    await dropSubscribers(cluster);
    await Promise.all([ada, grace].map((client) => client.next('server:degraded')));
    await Promise.all([ada, grace].map((client) => client.next('server:recovered')));
    const { id } = await ada.send(chatId, 'heard again');
    await grace.next('message:new', (message) => message.id === id);
  });
});

const isBackOn = ({ sdk }: TestClient, replica: string) =>
  sdk.state.name === 'live' && sdk.state.session.replica === replica;

/** One replica more, with a Redis of its own: what becomes of that one happens to this replica alone. */
async function withLonely(
  { parts }: Cluster,
  act: (lonely: ReplicaPart, redis: RedisPart) => Promise<void>,
): Promise<void> {
  const redis = await startRedis({ dir: join(parts.dir, 'lonely'), name: 'lonely-redis' });
  try {
    const env = {
      NODE_ENV: 'test',
      JWT_SECRET: parts.secret,
      MONGODB_URI: parts.databaseUri,
      REDIS_URL: redis.url,
      REDIS_ADAPTER: redisKinds[redisKindOfTests()].adapter,
    };
    const lonely = await startReplica({ name: 'lonely', port: await freePort(), dir: parts.dir, env });
    try {
      await act(lonely, redis);
    } finally {
      await lonely.stop();
    }
  } finally {
    await redis.stop();
  }
}

async function statusOf({ url }: ReplicaPart, question: 'live' | 'ready'): Promise<number> {
  return (await fetch(`${url}/health/${question}`)).status;
}

/** Takes their subscriptions from all replicas; their connections come back, Redis stays. */
async function dropSubscribers({ parts }: Cluster): Promise<void> {
  for (const { url } of parts.redisNodes) {
    const redis = new Redis(url);
    try {
      await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    } finally {
      redis.disconnect();
    }
  }
}
