import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { expect, vi } from 'vitest';
import { awaitedLater } from '../support/awaited-later.js';
import { clusterTest } from '../support/cluster-test.js';
import { HalfRequest } from '../support/half-request.js';
import { patienceMs } from '../support/patience.js';
import { RawReader } from '../support/raw-reader.js';
import { expectComplete, write } from '../support/writing.js';

const plenty = { SENDS_PER_S: '1000', SENDS_BURST: '1000' };
const test = clusterTest({ replicas: 2, nginx: true, settings: { ...plenty, DRAIN_SPREAD_MS: '1000' } });
/** Killed after that; whoever waits for a client that has vanished would take 30 s. */
const stopMs = 20_000;
const names = Array.from({ length: 8 }, (_, index) => `person-${index + 1}`);

test('G3 a replica stopped under load: no send fails, none is lost or doubled, and its clients are told, spread, and move', async ({
  cluster,
}) => {
  const { id: chatId } = await cluster.chat({ members: names });
  const clients = await Promise.all(names.map((name) => cluster.client(name, { nginx: true, reconnect: true })));
  const on = (replica: number) => clients.filter(({ session }) => session.replica === `replica-${replica}`);
  // The one that has at least half of them.
  const [stopped, other] = on(1).length >= on(2).length ? [1, 2] : [2, 1];
  const leaving = on(stopped);

  const over = new AbortController();
  const writing = awaitedLater(clients.map((client) => write(client, chatId, over.signal)));
  await vi.waitUntil(() => clients[0]!.received('message:new').length > 50, patienceMs);
  const exit = await cluster.replica(stopped).stop({ timeoutMs: stopMs });
  expect(exit).toMatchObject({ code: 0, signal: null });
  await Promise.all(
    leaving.map((one) => vi.waitUntil(() => one.sdk.session?.replica === `replica-${other}`, patienceMs)),
  );
  over.abort();
  const sent = (await Promise.all(writing)).flat();
  await cluster.replica(stopped).start();

  const told = leaving.flatMap((client) => client.received('server:draining').map((fact) => fact.reconnectInMs));
  expect(told).toHaveLength(leaving.length);
  expect(new Set(told).size).toBe(leaving.length);
  await expectComplete(cluster, { name: 'person-1', chatId, sent, clients });
});

test('G3 the end is not held up by a client that has vanished, nor by a connection that is idle', async ({
  cluster,
}) => {
  const vanished = await RawReader.connect(cluster.url(), await cluster.token('ada'));
  const agent = new Agent({ keepAlive: true });
  try {
    const [response] = (await once(get(`${cluster.url()}/health/live`, { agent }), 'response')) as [IncomingMessage];
    expect(response.resume().statusCode).toBe(200);
    await once(response, 'end');
    vanished.stopReading();
    expect(await cluster.replica(1).stop({ timeoutMs: stopMs })).toMatchObject({ code: 0, signal: null });
  } finally {
    agent.destroy();
    vanished.close();
    await cluster.replica(1).start();
  }
});

test('G3 G5 from the signal on it says that it is not ready, and that it is alive, while clients are still on it', async ({
  cluster,
}) => {
  const clients = await Promise.all(names.map((name) => cluster.client(name)));
  // No new connections are taken by then: only what was asked before can be answered after.
  const ready = await HalfRequest.begin(cluster.url(), '/health/ready');
  const live = await HalfRequest.begin(cluster.url(), '/health/live');
  const figures = await HalfRequest.begin(cluster.url(), '/metrics');
  const stopping = awaitedLater(cluster.replica(1).stop({ timeoutMs: stopMs }));
  await Promise.any(clients.map((client) => client.next('server:draining')));
  expect(clients.some(({ sdk }) => sdk.session?.replica === 'replica-1')).toBe(true);
  const [unready, alive, { text }] = await Promise.all([ready.finish(), live.finish(), figures.finish()]);
  expect(unready).toMatchObject({ status: 503, body: { error: { draining: { status: 'down' } } } });
  expect(Object.keys(unready.body.error ?? {})).toEqual(['draining']);
  expect(alive.status).toBe(200);
  expect(text).toContain('roost_draining 1\n');
  await expect(cluster.http('GET /health/ready')).rejects.toThrow('fetch failed');
  expect(await stopping).toMatchObject({ code: 0 });
  await cluster.replica(1).start();
});
