import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NginxPart, type ReplicaPart, startNginx } from '../src/index.js';
import { toyReplicas } from './support/toy-replica.js';
import { type Echo, startToy, temporaryFolder } from './support/toys.js';

/** What nginx waits for an answer, and what it leaves a replica alone after that; as in nginx/compose.conf and nginx-config.ts. */
const [waitMs, restMs] = [3_000, 3_000];

const { dir, remove } = temporaryFolder();
let replicas: ReplicaPart[];
let nginx: NginxPart;

beforeAll(async () => {
  const { create } = toyReplicas(dir);
  replicas = await Promise.all([1, 2, 3].map((number) => create(number)));
  await Promise.all(replicas.map((part) => part.start()));
  nginx = await startNginx({ dir: join(dir, 'nginx'), replicaPorts: replicas.map(({ port }) => port) });
});
afterAll(async () => {
  await nginx?.stop();
  await Promise.all(replicas.map((part) => part.kill()));
  remove();
});

const clients = Array.from({ length: 12 }, (_, index) => index);
const kinds = ['GET /chats', 'POST /messages', 'GET /socket.io/', 'POST /socket.io/'];

/** Everybody asks for everything; gives who answered each, and what the slowest answer took. */
async function serveAll(): Promise<{ by: string[]; slowestMs: number }> {
  const startedAt = performance.now();
  const answers = kinds.flatMap((kind) =>
    clients.map(async () => {
      const [method = '', path = ''] = kind.split(' ');
      const response = await fetch(`${nginx.url}${path}`, { method, signal: AbortSignal.timeout(15_000) });
      return response.status === 200 ? response.text() : `status ${response.status}`;
    }),
  );
  return { by: await Promise.all(answers), slowestMs: performance.now() - startedAt };
}

test('what a replica that hangs would get is served by others, the first requests late; once it goes on it is used again', async () => {
  const before = await serveAll();
  expect(new Set(before.by)).toEqual(new Set(replicas.map(({ name }) => name)));
  const [hung, ...others] = replicas;
  hung!.freeze();
  try {
    for (const limitMs of [2 * waitMs, waitMs]) {
      const { by, slowestMs } = await serveAll();
      expect(new Set(by)).toEqual(new Set(others.map(({ name }) => name)));
      expect(slowestMs).toBeLessThan(limitMs);
    }
  } finally {
    hung!.thaw();
  }
  const again = async () => new Set((await serveAll()).by);
  await expect.poll(again, { timeout: 5 * restMs, interval: 500 }).toEqual(new Set(before.by));
});

test('with nobody that answers, who asks is told to come back; one that goes on serves at once', async () => {
  const [only] = replicas;
  const own = await startNginx({ dir: join(dir, 'alone'), replicaPorts: [only!.port] });
  only!.freeze();
  try {
    const refused = await fetch(`${own.url}/chats`, { method: 'POST', signal: AbortSignal.timeout(15_000) });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'server/unreachable', retryable: true });
  } finally {
    only!.thaw();
  }
  expect((await fetch(`${own.url}/chats`)).status).toBe(200);
  await own.stop();
});

test('no request of a client can bring a replica a rest', async () => {
  const toys = await Promise.all(['one', 'two'].map((name) => startToy(name)));
  const own = await startNginx({ dir: join(dir, 'own'), replicaPorts: toys.map(({ port }) => port) });
  const whoServes = async (): Promise<string> => {
    const echo: Echo = await (await fetch(`${own.url}/chats`)).json();
    return echo.replica;
  };
  for (const _ of clients) {
    expect((await fetch(`${own.url}/chats/cut`, { method: 'POST', body: 'x' })).status).toBe(503);
  }
  expect(new Set(await Promise.all([...clients, ...clients].map(whoServes)))).toEqual(new Set(['one', 'two']));
  await own.stop();
  await Promise.all(toys.map((toy) => toy.close()));
});

const dead = () => replicas.filter(({ state }) => state !== 'ready').map(({ name }) => name);

test('a request that only reads, and whose replica dies with it, is asked of another', async () => {
  const answer = await fetch(`${nginx.url}/chats/deadly`);
  expect(answer.status).toBe(200);
  const by = await answer.text();
  await expect.poll(dead).toHaveLength(1);
  expect(dead()).not.toContain(by);
});
