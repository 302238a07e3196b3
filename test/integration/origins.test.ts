import { describe, expect } from 'vitest';
import { BareSocket } from '@roost/testing';
import type { Cluster } from '@roost/testing';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { socketsOf } from '../support/metrics.js';

const page = 'https://chat.example.org';
const test = sharedClusterTest(oneReplica);

describe.for(['websocket', 'polling'] as const)('a page that connects by %s', (transport) => {
  const knock = async (cluster: Cluster, origin: string) =>
    cluster.knock({ auth: { token: await cluster.token('ada') }, headers: { origin }, transports: [transport] });

  test('H10 is let in where FRONTEND_URL names it, or where it came from this host', async ({ cluster }) => {
    expect(await knock(cluster, page)).toBeInstanceOf(BareSocket);
    expect(await knock(cluster, new URL(cluster.url()).origin)).toBeInstanceOf(BareSocket);
  });

  test('H10 is not let in from elsewhere, with a good token either', async ({ cluster }) => {
    for (const origin of ['https://evil.example.org', 'null', `${page}.evil.example`]) {
      expect(await knock(cluster, origin)).not.toBeInstanceOf(BareSocket);
    }
    await expect.poll(() => socketsOf(cluster)).toBe(0);
  });
});
