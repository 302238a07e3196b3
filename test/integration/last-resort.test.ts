import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { BareSocket } from '@roost/testing';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const provoke = fileURLToPath(new URL('../support/provoke.mjs', import.meta.url));
const test = clusterTest({ nodeArgs: ['--import', provoke], settings: { DRAIN_SPREAD_MS: '0' } });

test('a promise that nobody handled is a fault in the log, counted, and the replica goes on', async ({ cluster }) => {
  const { pid } = cluster.replica(1);
  const ada = await cluster.client('ada');
  process.kill(pid!, 'SIGUSR2');
  await vi.waitFor(
    () => expect(faultsOf(cluster)).toMatchObject([fault('unhandled rejection', 'provoked rejection')]),
    patienceMs,
  );
  expect(await ada.command('chat:create', { type: 'group', memberIds: [] })).toMatchObject({ created: true });
  const { body } = await cluster.http('GET /metrics');
  expect(body).toContain('roost_unhandled_rejections_total 1');
  expect(body).toContain('roost_faults_total{where="unhandled rejection"} 1');
  expect(cluster.replica(1).pid).toBe(pid);
});

test('after an exception that nobody caught it says so, hands its clients over as on SIGTERM, and ends with 1', async ({
  cluster,
}) => {
  const ada = await cluster.socket('ada');
  const { pid, exited } = cluster.replica(1);
  process.kill(pid!, 'SIGHUP');
  await ada.next('server:draining');
  expect(await exited).toMatchObject({ code: 1, signal: null });
  expect(faultsOf(cluster)).toContainEqual(fault('uncaught exception', 'provoked exception'));
  expect(cluster.log(1)).toMatch(/"msg":"drained"/);

  await cluster.replica(1).stop();
  await cluster.replica(1).start();
  expect(await cluster.socket('ada')).toBeInstanceOf(BareSocket);
});

const fault = (where: string, message: string): unknown =>
  expect.objectContaining({
    level: 'error',
    msg: 'fault',
    where,
    correlationId: expect.any(String),
    err: expect.objectContaining({ message, stack: expect.stringContaining('provoke.mjs') }),
  });

function faultsOf(cluster: Cluster): unknown[] {
  const lines = cluster.log(1).split('\n').slice(0, -1);
  return lines.filter((line) => line.includes('"msg":"fault"')).map((line): unknown => JSON.parse(line));
}
