import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import type { Cluster, TestClient } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { manyChats } from '../support/many-chats.js';
import { metricOf } from '../support/metrics.js';
import { patienceMs } from '../support/patience.js';
import { readsDuring } from '../support/store-calls.js';
import { redisOutages, talking } from '../support/talking.js';
import type { Outage } from '../support/talking.js';

const test = clusterTest({ replicas: 2 });

const restMs = 3_000;

describe.for(Object.entries(redisOutages))('Redis %s', ([how, outage]) => {
  test(`S5 G2 ${how}: commands succeed, sockets of the same replica hear at once, all are told; then the rest catch up`, async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus } = await talking(cluster);
    const pids = cluster.parts.replicas.map(({ pid }) => pid);
    const opened = await whileAway(cluster, outage, async () => {
      const early = await ada.send(chatId, 'nobody knows yet');
      await grace.next('message:new', ({ id }) => id === early.id);
      await Promise.all([ada, grace, linus].map((client) => client.next('server:degraded')));

      const late = await ada.send(chatId, 'all know');
      await grace.next('message:new', ({ id }) => id === late.id);
      await ada.command('message:edit', { messageId: late.id, text: 'edited' });
      await grace.next('message:edited', ({ message }) => message.id === late.id);
      expect(await linus.command('chat:join', { chatId })).toMatchObject({ chat: { lastSeq: 2, rev: 1 } });
      return linus.command('chat:create', { type: 'group', memberIds: [ada.userId] });
    });
    await Promise.all([ada, grace, linus].map((client) => client.next('server:recovered')));
    await linus.next('chat:heads', ({ chats }) => chats[chatId]?.seq === 2 && chats[chatId].rev === 1);
    await vi.waitFor(() => expect(textsOf(linus, chatId)).toEqual(['nobody knows yet', 'edited']), patienceMs);
    await vi.waitFor(() => expect(ada.sdk.view(opened.chat.id)).toBeDefined(), patienceMs);
    const crosses = async () => {
      const after = await ada.send(chatId, 'live again');
      await linus.next('message:new', ({ id }) => id === after.id, 1_000);
    };
    // Nodes of a cluster may close their connections once more when they are back, and what is sent in that moment is lost.
    await (cluster.parts.redisNodes.length > 1 ? vi.waitFor(crosses, patienceMs) : crosses());
    expect(cluster.parts.replicas.map(({ pid }) => pid)).toEqual(pids);
  });

  test(`G2 C5 ${how}: who was removed or added meanwhile is out or in afterwards`, async ({ cluster }) => {
    const { chatId, ada, grace, linus } = await talking(cluster);
    const hedy = await cluster.client('hedy', { replica: 2 });
    await whileAway(cluster, outage, async () => {
      await linus.next('server:degraded');
      await ada.command('member:remove', { chatId, userId: linus.userId });
      await ada.command('member:add', { chatId, userIds: [hedy.userId] });
      await ada.command('member:remove', { chatId, userId: grace.userId });
      const last = await grace.next('member:removed', ({ userId }) => userId === grace.userId);
      expect(last).toMatchObject({ chatId, reason: 'removed' });
    });
    await hedy.next('server:recovered');
    await vi.waitFor(() => expect(hedy.sdk.view(chatId)).toBeDefined(), patienceMs);
    const { id } = await vi.waitFor(async () => {
      const sent = await ada.send(chatId, 'who hears this?');
      await hedy.next('message:new', (message) => message.id === sent.id, 500);
      return sent;
    }, patienceMs);
    for (const gone of [grace, linus]) {
      await gone.silence('message:new', (message) => message.id === id);
      expect((await gone.refused('chat:join', { chatId })).code).toBe('chat/access_denied');
      expect((await gone.command('sync', { chats: { [chatId]: { seq: 0, rev: 0 } } })).chats[chatId]).toEqual({
        gone: true,
      });
    }
  });

  test(`G2 C6 ${how}: a role that is taken away meanwhile, or what a setting gave, is refused by the replica that was not told`, async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus } = await talking(cluster);
    const [graceThere, linusThere] = await Promise.all(
      ['grace', 'linus'].map((name) => cluster.client(name, { replica: 2 })),
    );
    // So that it remembers that they may.
    const set = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
    const chatIds = [chatId, set.id];
    for (const client of [graceThere!, linusThere!]) for (const id of chatIds) await client.send(id, 'still a member');
    const isRefused = async (client: TestClient) => {
      for (const id of chatIds)
        expect((await client.refused('message:send', { chatId: id, text: 'and now?' })).code).toBe(
          'chat/role_required',
        );
    };
    await whileAway(cluster, outage, async () => {
      await linusThere!.next('server:degraded');
      for (const { userId } of [grace, linus]) await ada.command('member:update', { chatId, userId, role: 'guest' });
      await ada.command('chat:update', { chatId: set.id, settings: { mayPost: 'admins' } });
      await vi.waitFor(() => isRefused(linusThere!), patienceMs);
    });
    // Of her it is asked only now, when what is remembered is trusted again.
    await graceThere!.next('server:recovered');
    await vi.waitFor(() => isRefused(graceThere!), patienceMs);
  });

  test(`G5 ${how}: all replicas stay ready, as degraded, and alive, and log nothing but lines of the log`, async ({
    cluster,
  }) => {
    const { ada } = await talking(cluster);
    await whileAway(cluster, outage, async () => {
      await ada.next('server:degraded');
      await vi.waitFor(() => deliveryIs(cluster, 'degraded: redis is away'), patienceMs);
      for (const replica of [1, 2]) {
        expect((await cluster.http('GET /health/live', {}, { replica })).status).toBe(200);
        const { body } = await cluster.http('GET /health/deps', {}, { replica });
        expect(body).toMatchObject({ details: { redis: { status: 'down' }, mongodb: { status: 'up' } } });
      }
    });
    await ada.next('server:recovered');
    await vi.waitFor(() => deliveryIs(cluster, undefined), patienceMs);
    const lines = cluster.parts.replicas.flatMap((replica) => replica.logTail(500));
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
  });
});

test('S5 who connects while Redis is away is told so, and gets everything', async ({ cluster }) => {
  const { chatId, ada } = await talking(cluster);
  await whileAway(cluster, redisOutages.stopped, async () => {
    await ada.next('server:degraded');
    const sent = await ada.send(chatId, 'meanwhile');
    const socket = await cluster.socket('grace', { replica: 2 });
    await socket.next('server:degraded');
    const answer = await socket.ask('sync', { chats: { [chatId]: { seq: 0, rev: 0 } } });
    expect(answer).toMatchObject({ chats: { [chatId]: { messages: [{ id: sent.id }] } } });
  });
  await ada.next('server:recovered');
});

test('S5 a client told of an outage asks by itself until all facts come again', async ({ cluster }) => {
  const { chatId, ada, linus } = await talking(cluster);
  await whileAway(cluster, redisOutages.stopped, async () => {
    await linus.next('server:degraded');
    await ada.send(chatId, 'through the store');
    await vi.waitFor(() => expect(textsOf(linus, chatId)).toEqual(['through the store']), patienceMs);
  });
  await vi.waitFor(() => expect(linus.sdk.state.name).toBe('live'), patienceMs);
});

test('S5 clients that are told heads ask the store for what moved, and not for everything again and again', async ({
  cluster,
}) => {
  const names = ['ada', 'grace', 'linus', 'hedy'];
  const chatIds = await manyChats(cluster, (await cluster.person('ada')).id, 20, { messages: 1 });
  const userIds = await cluster.idsOf(...names.slice(1));
  await cluster.api('ada').call('members.add', { params: { chatId: chatIds[0]! }, body: { userIds } });
  const ada = await cluster.client('ada');
  const others = await Promise.all(
    Array.from({ length: 40 }, (_, index) => cluster.client(names[index % names.length]!, { replica: 2 })),
  );
  // Readiness is not watched here: that reads, too.
  await redisOutages.stopped.begin(cluster);
  await Promise.all(others.map((client) => client.next('server:degraded')));
  const syncs = () => metricOf(cluster, 'roost_commands_total{command="sync",outcome="ok"}', { replica: 2 });
  const [startedAt, before] = [Date.now(), await syncs()];
  const reads = await readsDuring(cluster, async () => {
    for (const text of ['one', 'two', 'three']) {
      const { chatId } = await ada.send(chatIds[0]!, text);
      const hasCome = (client: TestClient) => expect(textsOf(client, chatId)?.at(-1)).toBe(text);
      for (const client of others) await vi.waitFor(() => hasCome(client), patienceMs);
    }
  });
  const tookMs = Date.now() - startedAt;
  const asked = (await syncs()) - before;
  const atRest = await readsDuring(cluster, () => sleep(restMs));
  // Each client asks for what moved, once for each message, and once more where the next heads came before the answer. Replicas read by
  // themselves as much as at rest.
  expect(asked).toBeGreaterThanOrEqual(3 * others.length);
  expect(asked).toBeLessThan(4 * others.length);
  expect(reads - (atRest * tookMs) / restMs).toBeLessThan(5 * others.length);
  await redisOutages.stopped.end(cluster);
});

async function whileAway<Result>(
  cluster: Cluster,
  { begin, end }: Outage,
  act: () => Promise<Result>,
): Promise<Result> {
  const readiness = watchReadiness(cluster);
  await begin(cluster);
  try {
    return await act();
  } finally {
    await end(cluster);
    expect(await readiness.end(), 'moments in which a balancer had no replica left').toEqual([]);
  }
}

const replicas = [1, 2];
const watchEveryMs = 20;

/** G5: asks all replicas whether they are ready, again and again; `end` gives the answers of moments when none was. */
function watchReadiness(cluster: Cluster) {
  const none: unknown[] = [];
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const asked = replicas.map((replica) => cluster.http('GET /health/ready', {}, { replica }));
      const answers = await Promise.allSettled(asked);
      if (!answers.some((answer) => answer.status === 'fulfilled' && answer.value.status === 200)) none.push(answers);
      await sleep(watchEveryMs);
    }
    return none;
  })();
  const end = () => {
    over.abort();
    return watching;
  };
  return { end };
}

const textsOf = (client: TestClient, chatId: string) => client.sdk.view(chatId)?.messages.map(({ text }) => text);

/** Every replica is ready, and says this of delivery. */
async function deliveryIs(cluster: Cluster, message: string | undefined): Promise<void> {
  for (const replica of [1, 2]) {
    const { status, body } = await cluster.http('GET /health/ready', {}, { replica });
    const delivery = (body as { details: { delivery: { message?: string } } }).details.delivery;
    expect([status, delivery.message]).toEqual([200, message]);
  }
}
