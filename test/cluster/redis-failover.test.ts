import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect, onTestFinished, vi } from 'vitest';
import { startRedis } from '@roost/local-cluster';
import type { RedisPart } from '@roost/local-cluster';
import type { Cluster, TestClient } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { talking } from '../support/talking.js';

const adapters = ['classic', 'sharded'] as const;

for (const redis of adapters) {
  const test = clusterTest({ replicas: 3, redis, redisLinks: true });

  test(`G5 S5 ${redis}: Redis becomes a replica of another: all are told and stay ready; where the address leads to the master again, it is found`, async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus } = await talking(cluster);
    const promoted = await anotherRedis(cluster);
    await tell(cluster.parts.redis, 'REPLICAOF', '127.0.0.1', String(promoted.port));
    onTestFinished(() => comeBack(cluster));
    await Promise.all([ada, grace, linus].map((client) => client.next('server:degraded', undefined, patienceMs)));
    for (const replica of [1, 2, 3]) {
      await vi.waitFor(() => deliveryIs(cluster, replica, 200, /redis is a replica/), patienceMs);
      const { body } = await cluster.http('GET /health/deps', {}, { replica });
      expect(body).toMatchObject({
        details: { redis: { status: 'down', message: expect.stringMatching(/replica of/) } },
      });
    }
    expect(ada.received('server:recovered')).toEqual([]);
    aim(cluster, [1, 2, 3], promoted);
    await Promise.all([ada, grace, linus].map((client) => client.next('server:recovered', undefined, patienceMs)));
    await crosses(chatId, ada, linus);
    await vi.waitFor(() => deliveryIs(cluster, 1, 200, undefined), patienceMs);
  });

  // Beyond that the adapter makes no difference, and each of these waits for several heartbeats.
  if (redis === 'sharded') continue;

  test(`G2 S5 ${redis}: Redis is gone and refuses connections until its address leads to another one: replicas are there at once`, async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus } = await talking(cluster);
    const links = [1, 2, 3].map((replica) => cluster.redis.linkOf(replica));
    const other = await anotherRedis(cluster);
    onTestFinished(() => comeBack(cluster));
    await Promise.all(links.map((link) => link.cut()));
    await Promise.all([ada, grace, linus].map((client) => client.next('server:degraded', undefined, patienceMs)));
    aim(cluster, [1, 2, 3], other);
    await Promise.all(links.map((link) => link.mend()));
    await Promise.all([ada, grace, linus].map((client) => client.next('server:recovered', undefined, patienceMs)));
    await crosses(chatId, linus, ada);
  });

  test(`G5 S5 ${redis}: one replica is on another Redis: it alone is not ready, all are told; it finds the others again by itself`, async ({
    cluster,
  }) => {
    const { chatId, ada, linus } = await talking(cluster);
    const hedy = await cluster.client('hedy', { replica: 3 });
    aim(cluster, [3], await anotherRedis(cluster));
    cluster.redis.linkOf(3).drop();
    onTestFinished(() => comeBack(cluster));
    await hedy.next('server:recovered', undefined, patienceMs);
    await vi.waitFor(() => deliveryIs(cluster, 3, 503, /alone/), patienceMs);
    for (const replica of [1, 2]) await vi.waitFor(() => deliveryIs(cluster, replica, 200, /replica-3/), patienceMs);
    await Promise.all([ada, linus].map((client) => client.next('server:degraded', undefined, patienceMs)));
    aim(cluster, [3], cluster.parts.redis);
    for (const replica of [1, 2, 3]) await vi.waitFor(() => deliveryIs(cluster, replica, 200, undefined), patienceMs);
    await crosses(chatId, ada, linus);
  });

  test(`G5 S5 ${redis}: two halves on two Redis: all are told and stay ready; they find each other again by themselves`, async ({
    cluster,
  }) => {
    await cluster.replica(3).stop();
    onTestFinished(() => cluster.replica(3).start());
    const { chatId, ada, linus } = await talking(cluster);
    aim(cluster, [2], await anotherRedis(cluster));
    cluster.redis.linkOf(2).drop();
    onTestFinished(() => comeBack(cluster));
    await ada.next('server:degraded', undefined, patienceMs);
    await vi.waitFor(() => deliveryIs(cluster, 1, 200, /replica-2/), patienceMs);
    await vi.waitFor(() => deliveryIs(cluster, 2, 200, /replica-1/), patienceMs);
    aim(cluster, [2], cluster.parts.redis);
    await ada.next('server:recovered', undefined, patienceMs);
    for (const replica of [1, 2]) await vi.waitFor(() => deliveryIs(cluster, replica, 200, undefined), patienceMs);
    await crosses(chatId, linus, ada);
  });
}

/** One that knows nothing of the first. */
async function anotherRedis({ parts }: Cluster): Promise<RedisPart> {
  const redis = await startRedis({ dir: join(parts.dir, 'another'), name: 'another-redis' });
  onTestFinished(async () => void (await redis.stop()));
  return redis;
}

/** From their next connections on. */
function aim(cluster: Cluster, replicas: readonly number[], { port }: RedisPart): void {
  for (const replica of replicas) cluster.redis.linkOf(replica).aim({ host: '127.0.0.1', port });
}

/** The first Redis is what it was, and all are on it. */
async function comeBack(cluster: Cluster): Promise<void> {
  await tell(cluster.parts.redis, 'REPLICAOF', 'NO', 'ONE');
  aim(cluster, [1, 2, 3], cluster.parts.redis);
  for (const replica of [1, 2, 3]) cluster.redis.linkOf(replica).drop();
  await settle(cluster);
}

/** Until all replicas that run hear each other, and have for a while: what was dropped is noticed a moment later. */
async function settle(cluster: Cluster): Promise<void> {
  const running = [1, 2, 3].filter((replica) => cluster.replica(replica).state !== 'stopped');
  for (let looks = 0; looks < 4; looks++) {
    await sleep(300);
    const isQuiet = (replica: number) => deliveryIs(cluster, replica, 200, undefined);
    await vi.waitFor(() => Promise.all(running.map(isQuiet)), patienceMs);
  }
}

async function tell({ url }: RedisPart, command: string, ...args: string[]): Promise<void> {
  const redis = new Redis(url);
  try {
    await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}

async function crosses(chatId: string, from: TestClient, to: TestClient): Promise<void> {
  const { id } = await from.send(chatId, 'does it cross?');
  await to.next('message:new', (fact) => fact.id === id);
}

async function deliveryIs(cluster: Cluster, replica: number, status: number, message: RegExp | undefined) {
  const answer = await cluster.http('GET /health/ready', {}, { replica });
  const { delivery } = (answer.body as { details: { delivery: { message?: string } } }).details;
  expect([answer.status, delivery.message ?? '']).toEqual([status, expect.stringMatching(message ?? /^$/)]);
}
