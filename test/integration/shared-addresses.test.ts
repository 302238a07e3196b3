import { readFileSync } from 'node:fs';
import type { Cluster } from '@roost/testing';
import { expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';
import { metricOf } from '../support/metrics.js';
import { times } from '../support/times.js';

const test = clusterTest({
  settings: {
    LOGIN_FAILURES_PER_ADDRESS: '2',
    TRUST_PROXY_HOPS: '1',
    TRUSTED_PROXIES: '198.51.100.0/24, 2001:db8:f::/48',
  },
});

const people = ['ada', 'grace', 'linus', 'margaret', 'hedy', 'radia'];
const [shared, other] = ['10.0.0.1', '192.0.2.7'];

/** How many of four wrong passwords were not even looked at. */
async function refusedOf4(cluster: Cluster, name: string, forwardedFor: (index: number) => string): Promise<number> {
  const answers = await times(4, (index) =>
    cluster.http('POST /auth/login', {
      headers: { 'x-forwarded-for': forwardedFor(index) },
      body: { email: `${name}-${index}@example.org`, password: 'wrong' },
    }),
  );
  return answers.filter(({ status }) => status === 429).length;
}

test('A5 a limit that hits an address of half of all people is counted, and told once', async ({ cluster }) => {
  const hits = () => metricOf(cluster, 'roost_shared_address_refusals_total{limit="login_failures"}');
  const lines = () =>
    readFileSync(cluster.replica(1).logFile, 'utf8').split('that half of all people share').length - 1;
  for (const [index, name] of people.entries()) {
    const headers = { 'x-forwarded-for': index % 2 === 0 ? shared : `192.0.2.${100 + index}` };
    await cluster.socket(name, {}, { headers });
  }
  expect(await refusedOf4(cluster, 'elsewhere', () => other)).toBe(2);
  expect([await hits(), lines()]).toEqual([0, 0]);
  expect(await refusedOf4(cluster, 'shared', () => shared)).toBe(2);
  expect([await hits(), lines()]).toEqual([2, 1]);
});

test('A5 behind proxies that are trusted, a limit counts those who are behind them, and whatever else they claim', async ({
  cluster,
}) => {
  expect(await refusedOf4(cluster, 'proxied', (index) => `192.0.2.${20 + index}, 198.51.100.7`)).toBe(0);
  expect(await refusedOf4(cluster, 'proxied6', (index) => `192.0.2.${40 + index}, 2001:db8:f::${index}`)).toBe(0);
  // What a client writes before its own address counts for nothing, nor does the name of a proxy that is not one.
  expect(await refusedOf4(cluster, 'forger', (index) => `192.0.2.${60 + index}, 203.0.113.9, 198.51.100.7`)).toBe(2);
  expect(await refusedOf4(cluster, 'liar', (index) => `198.51.100.${index}, 203.0.113.10`)).toBe(2);
  // One IPv6 network is one customer.
  expect(await refusedOf4(cluster, 'v6', (index) => `2001:db8:2:3::${index}`)).toBe(2);
});
