import { expect, vi } from 'vitest';
import type { Cluster } from '@roost/testing';
import { clusterTest, oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = sharedClusterTest(oneReplica);
const quietTest = clusterTest({ settings: { LOG_MESSAGES: 'false' } });

test('live, ready and deps answer; metrics are there', async ({ cluster }) => {
  for (const path of ['live', 'ready', 'deps']) {
    expect(await cluster.http(`GET /health/${path}`)).toMatchObject({ status: 200, body: { status: 'ok' } });
  }
  const metrics = await cluster.http('GET /metrics');
  expect(metrics.headers.get('content-type')).toContain('text/plain');
  expect(metrics.body).toContain('roost_messages_stored_total');
});

test('metrics tell how long the store, the way through Redis, and messages between replicas take', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada'] });
  await cluster.api('ada').call('messages.send', { body: { chatId: chat.id, text: 'timed' } });
  const timed = [
    'roost_store_command_duration_seconds_count{command="insert"}',
    'roost_store_command_duration_seconds_count{command="find"}',
    'roost_broadcast_round_trip_seconds_count',
    'roost_message_travel_seconds_count',
  ];
  await vi.waitFor(async () => {
    const text = String((await cluster.http('GET /metrics')).body);
    const counts = timed.map((name) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(name))
          ?.split(' ')[1],
      ),
    );
    for (const count of counts) expect(count).toBeGreaterThan(0);
  }, patienceMs);
});

test('the OpenAPI document is there for programs, and /docs shows it to people', async ({ cluster }) => {
  expect(await cluster.http('GET /openapi.json')).toMatchObject({ status: 200, body: { openapi: '3.1.0' } });
  expect(await cluster.http('GET /asyncapi.json')).toMatchObject({ status: 200, body: { asyncapi: '3.1.0' } });
  expect(await cluster.http('GET /docs')).toMatchObject({ status: 200, body: expect.stringContaining('swagger') });
});

test('a page of another origin gets no credentials', async ({ cluster }) => {
  const askedBy = async (origin: string) =>
    (await cluster.http('GET /users/me', { as: 'ada', headers: { origin } })).headers;
  const own = await askedBy('https://chat.example.org');
  expect(own.get('access-control-allow-origin')).toBe('https://chat.example.org');
  expect(own.get('access-control-allow-credentials')).toBe('true');
  const other = await askedBy('https://evil.example.org');
  expect(other.get('access-control-allow-origin')).not.toBe('https://evil.example.org');
  expect(other.get('access-control-allow-origin')).not.toBe('*');
});

quietTest('there is no line for each message where there is to be none', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada');
  await ada.send(chat.id, 'one of very many');
  await ada.command('chat:join', { chatId: chat.id });
  await vi.waitFor(() => expect(cluster.log(1)).toContain('"msg":"chat joined"'), patienceMs);
  expect(cluster.log(1)).not.toContain('"msg":"message stored"');
});

test('the log says who connected where, joined and sent; no token is in it', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada');
  await ada.command('chat:join', { chatId: chat.id });
  await ada.send(chat.id, 'a private sentence');
  await ada.refused('chat:join', { chatId: 'a'.repeat(24) });
  const userId = ada.userId;
  const replica = 'replica-1';
  for (const expected of [
    { msg: 'socket connected', userId, replica },
    { msg: 'chat joined', chatId: chat.id, userId, replica },
    { msg: 'message stored', chatId: chat.id, seq: 1, userId, replica },
    { msg: 'command refused', code: 'chat/access_denied', userId, replica },
  ]) {
    await vi.waitFor(() => expect(linesOf(cluster)).toContainEqual(expect.objectContaining(expected)), patienceMs);
  }
  await cluster.api('ada').call('chats.get', { params: { chatId: chat.id } });
  const get = expect.objectContaining({ method: 'GET', url: `/chats/${chat.id}` });
  const line = { msg: 'request completed', req: get, userId, requestId: expect.any(String) };
  await vi.waitFor(() => expect(linesOf(cluster)).toContainEqual(expect.objectContaining(line)), patienceMs);
  expect(cluster.log(1)).not.toContain('a private sentence');
  expect(cluster.log(1)).not.toContain(await cluster.token('ada'));
});

test('a replica ends on SIGTERM with exit code 0, and its clients come back to another life of it', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada'] });
  const ada = await cluster.client('ada', { reconnect: true });
  const first = ada.session;
  const exit = await cluster.replica(1).stop();
  expect(exit).toMatchObject({ code: 0, signal: null });
  await cluster.replica(1).start();
  await ada.next('session:ready', ({ serverTime }) => serverTime > first.serverTime);
  expect((await ada.send(chat.id, 'back')).seq).toBe(1);
});

/** Whole lines of the replica's log, parsed; the last one may be on its way. */
function linesOf(cluster: Cluster): unknown[] {
  return cluster
    .log(1)
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
}
