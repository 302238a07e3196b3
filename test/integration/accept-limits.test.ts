import { describe, expect } from 'vitest';
import { BareSocket } from '@roost/testing';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { refusedHandshake } from '../support/refusals.js';

/** Knocks so many times at once, and gives the sockets that came of it and the refusals. */
async function knockAtOnce(cluster: Cluster, count: number) {
  const token = await cluster.token('ada');
  const knocked = await Promise.all(Array.from({ length: count }, () => cluster.knock({ auth: { token } })));
  const sockets = knocked.filter((one) => one instanceof BareSocket);
  const refusals = knocked.filter((one) => !(one instanceof BareSocket)).map(refusedHandshake);
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ code: 'server/overloaded', retryable: true });
    expect(refusal.retryAfterMs).toBeGreaterThanOrEqual(1_000);
    expect(refusal.retryAfterMs).toBeLessThanOrEqual(5_000);
  }
  return { sockets, refusals };
}

const fullTest = clusterTest({ settings: { SOCKETS_MAX: '5' } });
const stormTest = clusterTest({ mongoLink: true, settings: { ACCEPTS_PER_S: '3' } });

describe('a full replica', () => {
  fullTest(
    'H3 refuses with server/overloaded and a time to come back, and lets in again when there is room',
    async ({ cluster }) => {
      const { sockets, refusals } = await knockAtOnce(cluster, 12);
      expect(sockets.length).toBeLessThanOrEqual(5);
      expect(refusals).toHaveLength(12 - sockets.length);
      // Not all at the same moment again.
      expect(new Set(refusals.map(({ retryAfterMs }) => retryAfterMs)).size).toBeGreaterThan(1);

      for (const socket of sockets) socket.close();
      await expect
        .poll(() => cluster.knock({ auth: { token: 'garbage' } }))
        .toMatchObject({ data: { code: 'auth/token_invalid' } });
      await cluster.socket('ada');
    },
  );
});

describe('a storm', () => {
  stormTest('H3 lets in so many a second and refuses the others without asking the store', async ({ cluster }) => {
    const { sockets, refusals } = await knockAtOnce(cluster, 20);
    expect(sockets.length).toBeGreaterThanOrEqual(3);
    expect(sockets.length).toBeLessThan(20);

    const waitMs = Math.max(...refusals.map(({ retryAfterMs }) => retryAfterMs ?? 0));
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    await cluster.socket('ada');
  });

  stormTest('H3 a refusal needs no store', async ({ cluster }) => {
    const token = await cluster.token('ada');
    await cluster.mongo.stop();
    try {
      const codes = await Promise.all(
        Array.from({ length: 30 }, async () => refusedHandshake(await cluster.knock({ auth: { token } })).code),
      );
      expect(codes.filter((code) => code === 'server/overloaded').length).toBeGreaterThanOrEqual(18);
    } finally {
      await cluster.mongo.start();
    }
  });
});
