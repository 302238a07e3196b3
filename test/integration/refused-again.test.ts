import { BareSocket } from '@roost/testing';
import type { Cluster } from '@roost/testing';
import type { ErrorCode } from '@roost/contract';
import { expect } from 'vitest';
import { clusterTest, oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { RefusedKnocks } from '../support/refused-knocks.js';
import { refusedCall, refusedHandshake } from '../support/refusals.js';
import { fewestReads, readsDuring } from '../support/store-calls.js';
import { times } from '../support/times.js';

const test = sharedClusterTest(oneReplica);
const pacedTest = clusterTest({ settings: { REPEATED_REFUSALS_PER_S: '1' } });

/** What the store alone knows of a token. */
const refusedByStore: { code: ErrorCode; token: (cluster: Cluster) => Promise<string> }[] = [
  { code: 'auth/session_revoked', token: (cluster) => cluster.forge('ada', { sid: '0'.repeat(24) }) },
  { code: 'auth/token_invalid', token: (cluster) => cluster.forge('ada', { sub: 'f'.repeat(24) }) },
];

test.for(refusedByStore)(
  'A5 a thousand handshakes refused with $code ask the store once',
  async ({ code, token }, { cluster }) => {
    const presented = await token(cluster);
    const knocks = new RefusedKnocks(cluster.url(), presented);
    const idle = await fewestReads(cluster, () => knocks.knock(0));
    expect(await knocks.knock(1)).toEqual({ [code]: 1 });
    let answers: Record<string, number> = {};
    const reads = await readsDuring(cluster, async () => (answers = await knocks.knock(1_000)));
    expect(answers).toEqual({ [code]: 1_000 });
    // What a replica looks for now and then goes on beside it.
    expect(reads).toBeLessThan(idle + 20);
    const calls = await readsDuring(cluster, () => times(20, () => cluster.http('GET /chats', { token: presented })));
    expect(calls).toBeLessThan(20);
  },
);

pacedTest(
  'A5 a token that is refused again and again is told so at a pace; nobody else behind that address notices',
  async ({ cluster }) => {
    const token = await cluster.forge('ada', { sid: '0'.repeat(24) });
    const knock = async () => refusedHandshake(await cluster.knock({ auth: { token } }));
    expect(await knock()).toMatchObject({ code: 'auth/session_revoked' });
    const again = await times(12, knock);
    const limited = again.filter(({ code }) => code === 'rate/limited');
    expect(limited.length).toBeGreaterThanOrEqual(6);
    for (const { retryAfterMs } of limited) {
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(1_000);
    }
    // Another person, and another bad token, from the same address.
    expect(await cluster.knock({ auth: { token: await cluster.token('grace') } })).toBeInstanceOf(BareSocket);
    expect(refusedHandshake(await cluster.knock({ auth: { token: 'garbage' } }))).toMatchObject({
      code: 'auth/token_invalid',
    });
    // REST is as cheap as a refusal can be already.
    expect(refusedCall(await cluster.http('GET /chats', { token })).code).toBe('auth/session_revoked');
  },
);
