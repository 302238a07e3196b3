import { expect } from 'vitest';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { metricOf, socketsOf } from '../support/metrics.js';
import { RawReader } from '../support/raw-reader.js';

const test = clusterTest({ settings: { PING_INTERVAL_MS: '1000', PING_TIMEOUT_MS: '1000' } });

/** Sockets that ended so, as counted. */
const endedBy = (cluster: Cluster, reason: string) =>
  metricOf(cluster, `roost_sockets_ended_total{reason="${reason}"}`);

test('a client that answers no pings is gone after interval and time-out, one that does stays', async ({ cluster }) => {
  const grace = await cluster.socket('grace');
  const silent = await RawReader.connect(cluster.url(), await cluster.token('ada'));
  silent.stopReading();
  expect(await socketsOf(cluster)).toBe(2);
  await expect.poll(() => socketsOf(cluster)).toBe(1);
  expect(await endedBy(cluster, 'ping timeout')).toBe(1);
  silent.close();
  expect(await grace.ask('sync', { chats: {} })).toMatchObject({ success: true });
});

test('sockets that are opened and dropped in a loop leave nothing behind', async ({ cluster }) => {
  const token = await cluster.token('ada');
  const before = await endedBy(cluster, 'transport close');
  for (let round = 0; round < 10; round++) {
    const readers = await Promise.all(Array.from({ length: 10 }, () => RawReader.connect(cluster.url(), token)));
    for (const reader of readers) reader.close();
  }
  await expect.poll(() => socketsOf(cluster)).toBe(0);
  expect(await endedBy(cluster, 'transport close')).toBe(before + 100);
  await cluster.socket('ada');
});
