import { expect, vi } from 'vitest';
import type { ReplyOf, RequestInput } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { refusedCall, refusedHandshake } from '../support/refusals.js';

/** A call may take as long as the time-out of a store call, 2 s, and more on a busy machine. */
const answerMs = 8_000;
const test = clusterTest({ mongoLink: true, settings: { MONGODB_TIMEOUT_MS: '2000' } });

test('MongoDB away: store/unavailable in bounded time, the process lives, and works again when it is back', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  await ada.send(chat.id, 'before');
  const pid = cluster.replica(1).pid;

  await cluster.mongo.stop();
  const startedAt = performance.now();
  const request = { chatId: chat.id, text: 'meanwhile', clientMessageId: 'meanwhile' };
  expect(await ada.refused('message:send', request)).toMatchObject({ code: 'store/unavailable', retryable: true });
  expect(performance.now() - startedAt).toBeLessThan(answerMs);
  const answer = await cluster.http(`GET /chats`, { as: 'ada' });
  expect([answer.status, refusedCall(answer).code]).toEqual([503, 'store/unavailable']);
  const token = await cluster.token('ada');
  expect(refusedHandshake(await cluster.knock({ auth: { token } }))).toMatchObject({
    code: 'store/unavailable',
    retryable: true,
  });
  expect((await cluster.http('GET /health/live')).status).toBe(200);
  expect((await cluster.http('GET /health/ready')).status).toBe(503);
  expect((await cluster.http('GET /health/deps')).body).toMatchObject({ details: { mongodb: { status: 'down' } } });

  await cluster.mongo.start();
  const reply = await retried(ada, request);
  expect(reply.message).toMatchObject({ seq: 2, text: 'meanwhile' });
  expect(await grace.all('message:new', ({ chatId }) => chatId === chat.id)).toHaveLength(2);
  await mongoBack(cluster);
  expect(cluster.replica(1).pid).toBe(pid);
});

test('S7 H9 sockets are told when the store takes no writes, and when it takes them again; probes are answered meanwhile', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  await cluster.mongo.stop();
  const { since } = await ada.next('store:unavailable');
  expect(await grace.next('store:unavailable')).toEqual({ since });
  expect(await ada.command('session:probe', {})).toEqual({ success: true });
  await cluster.mongo.start();
  expect(await ada.next('store:recovered')).toEqual({ since });
  expect(await grace.next('store:recovered')).toEqual({ since });
  // It is so: what is asked after that is stored.
  await ada.command('message:send', { chatId: chat.id, text: 'after' });
  expect(await ada.all('store:unavailable', () => true)).toHaveLength(1);
  expect(await ada.all('store:recovered', () => true)).toHaveLength(1);
  await mongoBack(cluster);
});

test('MongoDB away in the middle of sending: what was acknowledged is there, the rest is there once after a retry', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada');
  const requests = Array.from({ length: 60 }, (_, index) => ({
    chatId: chat.id,
    text: `number ${index}`,
    clientMessageId: `number-${index}`,
  }));
  let cut: Promise<void> | undefined;
  const replies = await Promise.all(
    requests.map(async (request, index) => {
      if (index === 30) cut = cluster.mongo.stop();
      try {
        return await ada.command('message:send', request);
      } catch (error) {
        // It may be stored all the same; the retry finds out.
        expect(error).toMatchObject({ code: 'store/unavailable', retryable: true });
        return undefined;
      }
    }),
  );
  await cut;
  expect(replies).toContain(undefined);
  await cluster.mongo.start();
  const sent = await Promise.all(requests.map(async (request, index) => replies[index] ?? retried(ada, request)));
  const items = await ada.command('message:list', { chatId: chat.id, limit: 100 });
  expect(items.items.map(({ seq }) => seq)).toEqual(requests.map((_, index) => index + 1));
  const stored = new Map(items.items.map(({ id, text }) => [id, text]));
  expect(sent.map(({ message }) => stored.get(message.id))).toEqual(requests.map(({ text }) => text));
});

const bothAdapters = [
  { adapter: 'classic', test },
  { adapter: 'sharded', test: clusterTest({ redis: 'sharded' }) },
];

for (const { adapter, test: onAdapter } of bothAdapters) {
  onAdapter(
    `Redis away (${adapter}): commands succeed, sockets of the same replica hear at once, the process lives and says it is back`,
    ({ cluster }) => withoutRedis(cluster),
  );
}

async function withoutRedis(cluster: Cluster): Promise<void> {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const pid = cluster.replica(1).pid;
  await cluster.redis.stop();
  const sent = await ada.send(chat.id, 'without Redis');
  expect(await grace.next('message:new', ({ id }) => id === sent.id)).toMatchObject({ text: 'without Redis' });
  const linus = await cluster.client('linus');
  const opened = await linus.command('chat:create', { type: 'direct', memberIds: await cluster.idsOf('ada') });
  await ada.next('chat:created', ({ id }) => id === opened.chat.id);
  const [hedy] = await cluster.idsOf('hedy');
  await ada.command('member:add', { chatId: chat.id, userIds: [hedy] });
  await ada.command('member:remove', { chatId: chat.id, userId: hedy });
  expect((await cluster.http('GET /health/ready')).status).toBe(200);
  expect((await cluster.http('GET /health/deps')).body).toMatchObject({ details: { redis: { status: 'down' } } });

  await cluster.redis.start();
  await expect.poll(() => redisState(cluster)).toBe('up');
  const after = await ada.send(chat.id, 'with Redis');
  await grace.next('message:new', ({ id }) => id === after.id);
  expect(cluster.replica(1).pid).toBe(pid);
}

async function redisState(cluster: Cluster): Promise<string | undefined> {
  const body = (await cluster.http('GET /health/deps')).body as { details?: { redis?: { status?: string } } };
  return body.details?.redis?.status;
}

/** Resolves once the replica can use MongoDB again. */
async function mongoBack(cluster: Cluster): Promise<void> {
  await cluster.mongo.start();
  await vi.waitFor(async () => expect((await cluster.http('GET /health/ready')).status).toBe(200), patienceMs);
}

/** Sends until it is answered, as a client would while the store is not reachable. */
function retried(client: TestClient, request: RequestInput<'message:send'>): Promise<ReplyOf<'message:send'>> {
  return vi.waitFor(() => client.command('message:send', request), { timeout: patienceMs, interval: 100 });
}
