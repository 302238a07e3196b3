import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@roost/local-cluster';
import { expect, onTestFinished, vi } from 'vitest';
import type { Cluster, TestClient } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { asked, startSentinel } from '../support/sentinel.js';

/** How the other adapter meets another master is in the tests of failover. */
const test = clusterTest({ replicas: 2, redis: 'classic' });

test('G2 Sentinel makes another Redis the master, asked to and because the master is killed: replicas follow', async ({
  cluster,
}) => {
  const { sentinel, first, second } = await withSentinel(cluster);
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  await crosses(chatId, ada, grace);

  await vi.waitFor(() => asked(sentinel.port, 'SENTINEL', 'FAILOVER', 'mymaster'), patienceMs);
  for (const client of [ada, grace]) await client.next('server:recovered');
  await vi.waitFor(async () => expect(await clientsOf(second.port)).toBeGreaterThanOrEqual(4), patienceMs);
  await crosses(chatId, ada, grace);

  await vi.waitFor(async () => expect(await replicasOf(second.port)).toBe(1), patienceMs);
  await second.kill();
  await vi.waitFor(async () => expect(await clientsOf(first.port)).toBeGreaterThanOrEqual(4), patienceMs);
  for (const replica of [1, 2]) {
    const isWell = async () => {
      const { body } = await cluster.http('GET /health/deps', {}, { replica });
      expect(body).toMatchObject({ status: 'ok', details: { delivery: { status: 'up' } } });
      expect(JSON.stringify(body)).not.toContain('degraded');
    };
    await vi.waitFor(isWell, patienceMs);
  }
  await crosses(chatId, grace, ada);
});

/** A master, its replica, and a Sentinel that watches both; the replicas of Roost know nothing but that one. */
async function withSentinel(cluster: Cluster) {
  const dir = mkdtempSync(join(tmpdir(), 'roost-test-'));
  const [first, second] = await Promise.all(
    ['first', 'second'].map((name) => startRedis({ dir: join(dir, name), name })),
  );
  if (!first || !second) throw new Error('no Redis');
  await asked(second.port, 'REPLICAOF', '127.0.0.1', String(first.port));
  const sentinel = await startSentinel(join(dir, 'sentinel'), first, second);
  onTestFinished(async () => {
    await Promise.all([sentinel.part.stop(), first.stop(), second.stop()]);
    rmSync(dir, { recursive: true, force: true });
  });
  Object.assign(cluster.parts.settings, {
    REDIS_URL: 'redis://mymaster',
    REDIS_SENTINELS: `127.0.0.1:${sentinel.port}`,
  });
  await Promise.all([1, 2].map((replica) => cluster.restartReplica(replica)));
  return { sentinel, first, second };
}

async function crosses(chatId: string, from: TestClient, to: TestClient): Promise<void> {
  const { id } = await from.send(chatId, 'does it cross?');
  await to.next('message:new', (fact) => fact.id === id);
}

/** Publishers and subscribers of both replicas. */
async function clientsOf(port: number): Promise<number> {
  const info = String(await asked(port, 'INFO').catch(() => ''));
  if (!/^role:master/m.test(info)) return 0;
  return (
    String(await asked(port, 'CLIENT', 'LIST')).match(
      /lib-name=|cmd=(publish|spublish|subscribe|psubscribe|ssubscribe|info)/g,
    )?.length ?? 0
  );
}

async function replicasOf(port: number): Promise<number> {
  return Number(/^connected_slaves:(\d+)/m.exec(String(await asked(port, 'INFO', 'replication')))?.[1] ?? 0);
}
