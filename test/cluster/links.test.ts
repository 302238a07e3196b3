import { expect, vi } from 'vitest';
import type { TestClient } from '@roost/testing';
import { awaitedLater } from '../support/awaited-later.js';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { talking } from '../support/talking.js';
import { historyOf, idsOf } from '../support/writing.js';

const pingMs = 500;
const storeTimeoutMs = 2_000;
const test = clusterTest({
  replicas: 2,
  redisLinks: true,
  mongoLink: true,
  settings: {
    PING_INTERVAL_MS: String(pingMs),
    PING_TIMEOUT_MS: String(pingMs),
    MONGODB_TIMEOUT_MS: String(storeTimeoutMs),
  },
});
/** Twice the time-out of a call to the store, and what a busy machine adds. */
const refusedMs = 2 * storeTimeoutMs + 6_000;
/** Sooner than the SDK looks after a connection that is silent: what comes back by then was missed at a ping. */
const backMs = 2 * pingMs + 5_000;

/** Ways in which one replica loses Redis without being told. */
const losses = {
  'a router forgot its connections': { newToo: false },
  'the network to it is torn': { newToo: true },
} as const;

test.for(Object.entries(losses))(
  'S5 G2 half-open to Redis, %s: that replica notices within 3 s and goes on alone; nothing is missing afterwards',
  async ([, loss], { cluster }) => {
    const { chatId, ada, grace, linus } = await talking(cluster);
    cluster.redis.linkOf(1).halfOpen(loss);
    try {
      const early = await ada.send(chatId, 'before anybody knows');
      await grace.next('message:new', ({ id }) => id === early.id);
      await Promise.all([ada, grace].map((client) => client.next('server:degraded')));
      const [here] = await Promise.all([ada.send(chatId, 'on the deaf one'), linus.send(chatId, 'on the other')]);
      await grace.next('message:new', ({ id }) => id === here.id);
      expect(linus.received('server:degraded')).toEqual([]);
      if (!loss.newToo) await recovered(ada, grace);
    } finally {
      cluster.redis.linkOf(1).heal();
    }
    await recovered(ada, grace);
    const all = (await historyOf(cluster, 'ada', chatId)).map(({ id }) => id);
    expect(all).toHaveLength(3);
    for (const client of [ada, grace, linus]) {
      await vi.waitFor(() => expect(idsOf(client, chatId)).toEqual(all), patienceMs);
    }
    const after = await linus.send(chatId, 'live again');
    await ada.next('message:new', ({ id }) => id === after.id);
    for (const client of [ada, grace, linus]) await expectOnce(client, chatId, 4);
  },
);

test('G4 half-open to MongoDB: commands fail in bounded time and may be tried again, the outbox delivers once', async ({
  cluster,
}) => {
  const { chatId, ada, grace, linus } = await talking(cluster);
  await ada.send(chatId, 'before');
  const pids = cluster.parts.replicas.map(({ pid }) => pid);
  cluster.mongo.link.halfOpen({ newToo: true });
  const waiting = awaitedLater(ada.send(chatId, 'from the outbox'));
  try {
    const startedAtMs = performance.now();
    const refusals = await Promise.all([
      ada.refused('message:list', { chatId }),
      linus.refused('message:send', { chatId, text: 'refused' }),
      linus.refused('chat:update', { chatId, title: 'refused' }),
      grace.refused('sync', { chats: { [chatId]: { seq: 0, rev: 0 } } }),
    ]);
    expect(performance.now() - startedAtMs).toBeLessThan(refusedMs);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'store/unavailable', retryable: true });
    expect((await cluster.http('GET /health/live')).status).toBe(200);
  } finally {
    cluster.mongo.link.heal();
  }
  const { id } = await waiting;
  for (const client of [grace, linus]) await client.next('message:new', (message) => message.id === id);
  const items = await historyOf(cluster, 'ada', chatId);
  expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
  expect(items.filter(({ text }) => text === 'from the outbox')).toHaveLength(1);
  expect(cluster.parts.replicas.map(({ pid }) => pid)).toEqual(pids);
});

test('M3 M4 slow between replicas and to a client: everything comes, once, and in order', async ({ cluster }) => {
  const { chatId, ada, grace } = await talking(cluster);
  const via = await cluster.linkTo({ replica: 2 });
  const linus = await cluster.client('linus', { via, reconnect: true });
  cluster.redis.linkOf(2).slow(300);
  via.slow(100);
  try {
    const texts = Array.from({ length: 15 }, (_, index) => `number ${index}`);
    const sending = [ada, linus].flatMap((client) => texts.map((text) => client.send(chatId, text)));
    const sent = (await Promise.all(sending)).toSorted((a, b) => a.seq - b.seq);
    for (const client of [ada, grace, linus]) {
      await vi.waitFor(() => expect(idsOf(client, chatId)).toEqual(sent.map(({ id }) => id)), patienceMs);
      await expectOnce(client, chatId, sent.length);
    }
    const fromOneReplica = linus.received('message:new', ({ sender }) => sender.id === ada.userId);
    expect(fromOneReplica.map(({ seq }) => seq)).toEqual(
      fromOneReplica.map(({ seq }) => seq).toSorted((a, b) => a - b),
    );
  } finally {
    cluster.redis.linkOf(2).slow(0);
  }
});

test('S1 a client whose own connection is half-open comes back after a ping time-out, and misses nothing', async ({
  cluster,
}) => {
  const { chatId, ada } = await talking(cluster);
  const via = await cluster.linkTo({ replica: 2 });
  const linus = await cluster.client('linus', { via, reconnect: true });
  const states: string[] = [];
  linus.sdk.onState(({ name }) => states.push(name));
  via.halfOpen();
  const startedAtMs = performance.now();
  const own = awaitedLater(linus.send(chatId, 'into the void'));
  const missed = await ada.send(chatId, 'who hears this?');
  const { id } = await own;
  await vi.waitFor(() => expect(idsOf(linus, chatId)).toEqual([missed.id, id]), patienceMs);
  const comeBack = () => expect(states.slice(0, 3)).toEqual(['connecting', 'catchingUp', 'live']);
  await vi.waitFor(comeBack, patienceMs);
  expect(performance.now() - startedAtMs).toBeLessThan(backMs);
  expect(await ada.all('message:new', (message) => message.chatId === chatId)).toHaveLength(2);
});

async function recovered(...clients: readonly TestClient[]): Promise<void> {
  for (const client of clients) {
    await vi.waitFor(() => expect(client.received('server:recovered')).toHaveLength(1), patienceMs);
  }
}

/** What a client has heard live is never the same message twice. */
async function expectOnce(client: TestClient, chatId: string, most: number): Promise<void> {
  const heard = await client.all('message:new', (message) => message.chatId === chatId);
  expect(new Set(heard.map(({ id }) => id)).size).toBe(heard.length);
  expect(heard.length).toBeLessThanOrEqual(most);
}
