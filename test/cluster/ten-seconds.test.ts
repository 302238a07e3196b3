import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { ChatError } from '@roost/contract';
import type { Message } from '@roost/contract';
import { startCluster } from '@roost/testing';
import type { Cluster, TestClient } from '@roost/testing';
import { awaitedLater } from '../support/awaited-later.js';
import { patienceMs } from '../support/patience.js';
import { redisOutages, talking } from '../support/talking.js';
import type { Talk } from '../support/talking.js';
import { expectComplete, idsOf } from '../support/writing.js';

const awayMs = 10_000;
/** Longest wait for a fact on a socket of the same replica: where it went through Redis, it would take as long as the outage. */
const atOnceMs = awayMs / 2;
/** A call may wait for a server to be found, and be tried once more. */
const refusedMs = 10_000;
/** Between two commands of one person. */
const pauseMs = 150;

/** The three wait side by side, each with a cluster of its own. */
describe.concurrent('ten seconds', () => {
  test.for(Object.entries(redisOutages))(
    'G2 S5 Redis %s for 10 s under commands: none fails, the same replica hears at once, the others within 5 s of its return',
    async ([, { begin, end }]) => {
      await withTalk(async ({ cluster, chatId, ada, grace, linus }) => {
        const over = new AbortController();
        const working = awaitedLater(Promise.all([ada, linus].map((client) => work(client, chatId, over.signal))));
        const listening = awaitedLater(listen(grace, ada, over.signal));
        await begin(cluster);
        await Promise.race([delay(awayMs), working, listening]);
        await end(cluster);
        const marker = await ada.command('message:send', { chatId, text: 'it is back' });
        await vi.waitFor(() => expect(idsOf(linus, chatId)).toContain(marker.message.id), patienceMs);
        for (const client of [ada, grace, linus]) {
          await vi.waitFor(() => expect(client.sdk.state.name).toBe('live'), patienceMs);
        }
        over.abort();
        const sent = [...(await working).flat(), marker.message];
        expect(await listening).toBeLessThan(atOnceMs);
        await expectComplete(cluster, { name: 'ada', chatId, sent, clients: [ada, grace, linus] });
      });
    },
  );

  test('G4 MongoDB away for 10 s under commands: each fails in time and may be tried again, outboxes deliver once', async () => {
    await withTalk(async ({ cluster, chatId, ada, grace, linus }) => {
      await cluster.mongo.stop();
      const endAtMs = performance.now() + awayMs;
      const waiting = awaitedLater(
        [ada, linus].map((client) => client.send(chatId, `from the outbox of ${client.userId}`)),
      );
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
      await cluster.mongo.start();
      const sent = await Promise.all(waiting);
      expect(sent).toHaveLength(2);
      await expectComplete(cluster, { name: 'ada', chatId, sent, clients: [ada, grace, linus] });
    });
  });
});

/** A talk in a cluster of its own, in which no process dies meanwhile. */
async function withTalk(act: (talk: Talk & { cluster: Cluster }) => Promise<void>): Promise<void> {
  const cluster = await startCluster({ replicas: 2, mongoLink: true });
  try {
    const pids = cluster.parts.replicas.map(({ pid }) => pid);
    await act({ cluster, ...(await talking(cluster)) });
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
    waits.push(awaitedLater(heard.then(() => performance.now() - saidAtMs)));
  });
  await new Promise((resolve) => over.addEventListener('abort', resolve));
  return Math.max(...(await Promise.all(waits)));
}

async function refused(client: TestClient, ...[name, request]: Parameters<TestClient['command']>): Promise<void> {
  const outcome = await client.sdk.command(name, request).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ChatError);
  expect(outcome).toMatchObject({ code: 'store/unavailable', retryable: true });
}
