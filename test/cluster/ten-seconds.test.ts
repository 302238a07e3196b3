import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { ChatError } from '@roost/contract';
import type { Message } from '@roost/contract';
import { startCluster } from '@roost/testing';
import type { Cluster, TestClient } from '@roost/testing';
import { historyOf, idsOf, keptMax } from '../support/writing.js';

const awayMs = 10_000;
const recoveredMs = 5_000;
/** How long a fact may take to a socket of the same replica, on a machine that runs other tests as well. */
const atOnceMs = 1_000;
/** A call may wait for a server to be found, and be tried once more. */
const refusedMs = 5_000;
/** Between two commands of one person. */
const pauseMs = 150;

/** Ways in which Redis goes for ten seconds, and comes back. */
const outages = {
  'stopped and restarted empty': { begin: (cluster) => cluster.stopRedis(), end: (cluster) => cluster.startRedis() },
  frozen: { begin: (cluster) => cluster.freezeRedis(), end: (cluster) => cluster.thawRedis() },
} satisfies Record<string, { begin: (cluster: Cluster) => unknown; end: (cluster: Cluster) => unknown }>;

/** The three wait side by side, each with a cluster of its own. */
describe.concurrent('ten seconds', { timeout: 90_000 }, () => {
  test.for(Object.entries(outages))(
    'G2 S5 Redis %s for 10 s under commands: none fails, the same replica hears at once, the others within 5 s of its return',
    async ([, { begin, end }]) => {
      await withTalk(async ({ cluster, chatId, ada, grace, linus }) => {
        const over = new AbortController();
        const working = Promise.all([ada, linus].map((client) => work(client, chatId, over.signal)));
        const listening = listen(grace, ada, over.signal);
        await begin(cluster);
        await Promise.race([delay(awayMs), working, listening]);
        await end(cluster);
        const endedAtMs = performance.now();
        const marker = await ada.command('message:send', { chatId, text: 'it is back' });
        await vi.waitFor(() => expect(idsOf(linus, chatId)).toContain(marker.message.id), recoveredMs);
        for (const client of [ada, grace, linus]) {
          await vi.waitFor(() => expect(client.sdk.state.name).toBe('live'), recoveredMs);
        }
        over.abort();
        const sent = [...(await working).flat(), marker.message].toSorted((a, b) => a.seq - b.seq);
        expect(await listening).toBeLessThan(atOnceMs);
        await allHave(cluster, chatId, sent, [ada, grace, linus]);
        expect(performance.now() - endedAtMs).toBeLessThan(2 * recoveredMs);
      });
    },
  );

  test('G4 MongoDB away for 10 s under commands: each fails in time and may be tried again, outboxes deliver once', async () => {
    await withTalk(async ({ cluster, chatId, ada, grace, linus }) => {
      await cluster.stopMongo();
      const endAtMs = performance.now() + awayMs;
      const waiting = [ada, linus].map((client) => client.send(chatId, `from the outbox of ${client.userId}`));
      while (performance.now() < endAtMs) {
        const startedAtMs = performance.now();
        await Promise.all([
          refused(ada, 'message:send', { chatId, text: 'refused' }),
          refused(linus, 'chat:update', { chatId, title: 'refused' }),
          refused(grace, 'message:list', { chatId }),
        ]);
        expect(performance.now() - startedAtMs).toBeLessThan(refusedMs);
        const [ready, live] = await Promise.all([
          cluster.http('GET /health/ready', {}, { replica: 2 }),
          cluster.http('GET /health/live', {}, { replica: 2 }),
        ]);
        expect([ready.status, live.status]).toEqual([503, 200]);
        await delay(pauseMs);
      }
      await cluster.startMongo();
      const sent = (await Promise.all(waiting)).toSorted((a, b) => a.seq - b.seq);
      expect(sent).toHaveLength(2);
      await allHave(cluster, chatId, sent, [ada, grace, linus]);
    });
  });
});

interface Talk {
  readonly cluster: Cluster;
  readonly chatId: string;
  readonly ada: TestClient;
  readonly grace: TestClient;
  readonly linus: TestClient;
}

/** Ada and Grace on one replica, Linus on the other. No process dies meanwhile. */
async function withTalk(act: (talk: Talk) => Promise<void>): Promise<void> {
  const cluster = await startCluster({ replicas: 2, mongoLink: true });
  try {
    const { id: chatId } = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
    const [ada, grace] = await Promise.all([cluster.client('ada'), cluster.client('grace')]);
    const linus = await cluster.client('linus', { replica: 2 });
    const pids = cluster.parts.replicas.map(({ pid }) => pid);
    await act({ cluster, chatId, ada, grace, linus });
    expect(cluster.parts.replicas.map(({ pid }) => pid)).toEqual(pids);
  } finally {
    await cluster.stop();
  }
}

/** One command after another, none of them tried again; rejects with the first that fails. Gives what was sent. */
async function work(client: TestClient, chatId: string, over: AbortSignal): Promise<Message[]> {
  const sent: Message[] = [];
  while (!over.aborted) {
    const { message } = await client.command('message:send', { chatId, text: `number ${sent.length}` });
    sent.push(message);
    await client.command('message:edit', { messageId: message.id, text: `number ${sent.length}, edited` });
    await client.command('message:list', { chatId, limit: 1 });
    await client.command('sync', { chats: { [chatId]: { seq: message.seq - 1, rev: 0 } } });
    await delay(pauseMs);
  }
  return sent;
}

/** How long facts took that were to come at once, at most: from the sender's own socket to another of its replica. */
async function listen(listener: TestClient, speaker: TestClient, over: AbortSignal): Promise<number> {
  const waits: Promise<number>[] = [];
  speaker.sdk.on('message:new', ({ id, sender }) => {
    if (over.aborted || sender.id !== speaker.userId) return;
    const saidAtMs = performance.now();
    const heard = listener.next('message:new', (message) => message.id === id);
    const took = heard.then(() => performance.now() - saidAtMs);
    took.catch(() => undefined); // waited for below
    waits.push(took);
  });
  await new Promise((resolve) => over.addEventListener('abort', resolve));
  return Math.max(...(await Promise.all(waits)));
}

async function refused(client: TestClient, ...[name, request]: Parameters<TestClient['command']>): Promise<void> {
  const outcome = await client.sdk.command(name, request).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ChatError);
  expect(outcome).toMatchObject({ code: 'store/unavailable', retryable: true });
}

/** What was acknowledged is stored once and in one order, and everybody has it. */
async function allHave(
  cluster: Cluster,
  chatId: string,
  sent: readonly Message[],
  clients: readonly TestClient[],
): Promise<void> {
  const stored = await historyOf(cluster, 'ada', chatId);
  expect(stored.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
  const complete = stored.map(({ id }) => id).slice(-keptMax);
  for (const client of clients) await vi.waitFor(() => expect(idsOf(client, chatId)).toEqual(complete), recoveredMs);
}
