import { restartOneByOne, scale } from '@roost/local-cluster';
import type { FleetStep, FleetWork } from '@roost/local-cluster';
import type { Cluster, TestClient } from '@roost/testing';
import { expect, vi } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { underLoad } from '../support/under-load.js';
import { expectComplete } from '../support/writing.js';

const test = clusterTest({
  replicas: 3,
  nginx: true,
  settings: { SENDS_PER_S: '1000', SENDS_BURST: '1000', DRAIN_SPREAD_MS: '1000' },
});
const names = Array.from({ length: 9 }, (_, index) => `person-${index + 1}`);
/** Each person's pace: together a hundred messages a second, which leaves the machine time to start replicas. */
const pauseMs = 90;
const stopMs = 10_000;

test('G3 all replicas restarted under load: no send fails, nothing is lost or doubled, all end in order', async ({
  cluster,
}) => {
  const pids = cluster.parts.replicas.map(({ pid }) => pid);
  const { chatId, clients, finish } = await underLoad(cluster, names, pauseMs);
  const steps = await stepsOf((work) => restartOneByOne(cluster.parts, work));
  const sent = await finish();

  expect(steps.map(({ kind, replica }) => `${replica.name} ${kind}`)).toEqual(
    [1, 2, 3].flatMap((number) => [`replica-${number} stopped`, `replica-${number} started`]),
  );
  expectInOrder(steps);
  for (const [index, { pid }] of cluster.parts.replicas.entries()) expect(pid).not.toBe(pids[index]);
  await expectComplete(cluster, { name: 'person-1', chatId, sent, clients });
});

test('G3 replicas that are added get sockets and take none; those of a removed one move, the others stay', async ({
  cluster,
}) => {
  const { chatId, clients, finish } = await underLoad(cluster, names, pauseMs);
  const staying = clients.filter((client) => ['replica-1', 'replica-2'].includes(client.session.replica));
  const interrupted: string[] = [];
  for (const { sdk, userId } of staying) sdk.onState(({ name }) => interrupted.push(`${userId} ${name}`));
  await scale(cluster.parts, 5);
  const newcomers = [await clientOn(cluster, 'replica-4'), await clientOn(cluster, 'replica-5')];
  const steps = await stepsOf((work) => scale(cluster.parts, 2, work));
  await Promise.all(
    [...clients, ...newcomers].map((client) => vi.waitUntil(() => isLiveOn(client, /^replica-[12]$/), patienceMs)),
  );
  const sent = await finish();

  expect(staying.length).toBeGreaterThan(0);
  expect(interrupted).toEqual([]);
  expect(steps.map(({ replica }) => replica.name).toSorted()).toEqual(['replica-3', 'replica-4', 'replica-5']);
  expectInOrder(steps);
  await expectComplete(cluster, { name: 'person-1', chatId, sent, clients, newcomers });
});

/** What was done, where it was done as by `npm run cluster -- restart` and `npm run cluster -- scale`. */
async function stepsOf(act: (work: FleetWork) => Promise<void>): Promise<FleetStep[]> {
  const steps: FleetStep[] = [];
  await act({ onStep: (step) => steps.push(step) });
  return steps;
}

/** Every process that was stopped ended by itself, with success and in time. */
function expectInOrder(steps: readonly FleetStep[]): void {
  for (const step of steps) {
    if (step.kind !== 'stopped') continue;
    expect(step.exit).toMatchObject({ code: 0, signal: null });
    expect(step.tookMs).toBeLessThan(stopMs);
  }
}

/** Connects through nginx, each time with another key, until a client is on this replica. */
async function clientOn(cluster: Cluster, replica: string): Promise<TestClient> {
  for (let tries = 0; tries < 100; tries++) {
    const client = await cluster.client('person-1', { nginx: true, reconnect: true });
    if (client.session.replica === replica) return client;
    client.close();
  }
  throw new Error(`nginx gives ${replica} no sockets`);
}

const isLiveOn = ({ sdk }: TestClient, replica: RegExp) =>
  sdk.state.name === 'live' && replica.test(sdk.state.session.replica);
