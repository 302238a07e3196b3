import { restartOneByOne, scale } from '@roost/local-cluster';
import type { Cluster, TestClient } from '@roost/testing';
import { expect, vi } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';
import { metricOf } from '../support/metrics.js';
import { patienceMs } from '../support/patience.js';
import { times } from '../support/times.js';
import { underLoad } from '../support/under-load.js';
import { expectComplete } from '../support/writing.js';

const test = clusterTest({
  replicas: 2,
  nginx: true,
  settings: { BALANCE_MOVES_PER_S: '20', BALANCE_LOOK_MS: '800', DRAIN_SPREAD_MS: '500' },
});
const pauseMs = 1_000;
/** As the rule promises it while clients move. */
const ackMaxMs = 1_000;
const people = (story: string) => Array.from({ length: 20 }, (_, index) => `${story}-${index}`);

test('G7 after a rolling restart sockets are even again: nothing is lost or doubled', async ({ cluster }) => {
  const names = people('restart');
  const { chatId, clients, slowest, finish } = await underLoad(cluster, names, pauseMs);
  await restartOneByOne(cluster.parts);
  slowest.ms = 0;
  await evenOver(clients, 2);
  expect(slowest.ms).toBeLessThan(ackMaxMs);
  await expectComplete(cluster, { name: names[0]!, chatId, sent: await finish(), clients });
});

test('G7 a replica that is added gets its share: nothing is lost, doubled or late, and nobody comes back to where he was', async ({
  cluster,
}) => {
  const names = people('growth');
  const { chatId, clients, slowest, finish } = await underLoad(cluster, names, pauseMs);
  const before = await movesOf(cluster);
  await scale(cluster.parts, 3);
  slowest.ms = 0;
  await evenOver(clients, 3);
  expect(slowest.ms).toBeLessThan(ackMaxMs);
  await expectComplete(cluster, { name: names[0]!, chatId, sent: await finish(), clients });
  const after = await movesOf(cluster);
  // Five of twenty have to go to the third at least.
  expect(after.asked - before.asked).toBeGreaterThanOrEqual(5);
  expect(after.returned - before.returned).toBe(0);
});

test('G7 a client that does not say that it moves is never asked; one that is sent back to where it was is asked once', async ({
  cluster,
}) => {
  const plain = await times(12, (index) => cluster.socket(`plain-${index}`));
  const able = await times(12, (index) => cluster.client(`able-${index}`, { reconnect: true }));
  await vi.waitUntil(async () => (await movesOf(cluster)).returned >= 3, patienceMs);
  await vi.waitUntil(() => cluster.log(1).includes('clients that were asked to move come back'), patienceMs);

  expect(plain.flatMap(({ heard }) => heard.filter(({ event }) => event === 'server:draining'))).toEqual([]);
  expect(Math.max(...able.map((client) => client.received('server:draining').length))).toBe(1);
  expect(able.map(({ session }) => session.replica)).toEqual(able.map(() => 'replica-1'));
});

/** Until no replica has more or less than its share by more than a fifth, or by more than cannot be divided. */
async function evenOver(clients: readonly TestClient[], count: number): Promise<void> {
  const even = clients.length / count;
  const beside = Math.max(even * 0.2, 1);
  const isEven = () => {
    const live = clients.filter(({ sdk }) => sdk.state.name === 'live');
    const counts = [...Map.groupBy(live, ({ session }) => session.replica).values()].map(({ length }) => length);
    return counts.length === count && counts.every((own) => Math.abs(own - even) <= beside);
  };
  await vi.waitUntil(isEven, { timeout: patienceMs });
}

/** Of all replicas together. */
async function movesOf(cluster: Cluster) {
  const of = (outcome: string) =>
    Promise.all(
      cluster.parts.replicas.map((_, index) =>
        metricOf(cluster, `roost_balance_moves_total{outcome="${outcome}"}`, { replica: index + 1 }),
      ),
    );
  const [asked, returned] = await Promise.all([of('asked'), of('returned')]);
  return { asked: sum(asked), returned: sum(returned) };
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
