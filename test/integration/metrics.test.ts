import { expect } from 'vitest';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { metricOf } from '../support/metrics.js';
import { patienceMs } from '../support/patience.js';

const test = clusterTest({
  mongoLink: true,
  settings: { SOCKETS_MAX: '123', LOGIN_FAILURES_PER_PLACE: '3', FRONTEND_URL: 'https://chat.example.org' },
});

/** By how much each metric grows while something is done. */
async function growth(cluster: Cluster, names: readonly string[], act: () => Promise<unknown>): Promise<number[]> {
  const before = await Promise.all(names.map((name) => metricOf(cluster, name)));
  await act();
  const after = await Promise.all(names.map((name) => metricOf(cluster, name)));
  return after.map((value, index) => value - before[index]!);
}

const requests = (labels: string) => `roost_http_requests_total{${labels}}`;

const become = (cluster: Cluster, name: string, value: number) =>
  expect.poll(() => metricOf(cluster, name), { timeout: patienceMs }).toBe(value);

test('requests are counted by method, pattern of the path and status, whatever path they name', async ({ cluster }) => {
  await cluster.person('ada');
  const chat = await cluster.chat({ members: ['ada'] });
  const counted = [
    requests('method="GET",route="/chats/:chatId",status="200"'),
    requests('method="GET",route="/chats/:chatId",status="401"'),
    requests('method="GET",route="unmatched",status="404"'),
    'roost_http_request_duration_seconds_count{method="GET",route="/chats/:chatId"}',
  ];
  const grown = await growth(cluster, counted, async () => {
    await cluster.http(`GET /chats/${chat.id}`, { as: 'ada' });
    await fetch(`${cluster.url()}/chats/${chat.id}`);
    for (let number = 0; number < 5; number++) await fetch(`${cluster.url()}/no/such/${number}`);
  });
  expect(grown).toEqual([1, 1, 5, 2]);
});

test('sign-ins are counted by kind and outcome', async ({ cluster }) => {
  const { email, password, session } = await cluster.person('grace');
  const login = (word: string, of = email) => cluster.http('POST /auth/login', { body: { email: of, password: word } });
  const refresh = (refreshToken: string) => cluster.http('POST /auth/refresh', { body: { refreshToken } });
  const disabled = await cluster.person('mallory');
  const users = (await cluster.mongo.database()).collection('users');
  await users.updateOne({ email: disabled.email }, { $set: { disabledAt: new Date() } });
  const series = [
    'login succeeded',
    'login failed',
    'login limited',
    'login disabled',
    'refresh failed',
    'register failed',
  ];
  const names = series.map((one) => {
    const [kind, outcome] = one.split(' ');
    return `roost_sign_ins_total{kind="${kind}",outcome="${outcome}"}`;
  });
  const grown = await growth(cluster, names, async () => {
    await login(password);
    await login(disabled.password, disabled.email);
    for (let number = 0; number < 4; number++) await login('wrong');
    await refresh(`${'0'.repeat(24)}.0.nonsense`);
    await cluster.http('POST /auth/register', { body: { email, password, displayName: 'Grace' } });
  });
  expect(session.accessToken).toBeTruthy();
  expect(grown).toEqual([1, 3, 1, 1, 1, 1]);
});

test('connections that are refused are counted by reason, and those let in', async ({ cluster }) => {
  const token = await cluster.token('ada');
  const names = [
    'roost_connections_turned_away_total{reason="origin"}',
    'roost_refusals_total{code="auth/token_missing",door="handshake"}',
    'roost_refusals_total{code="auth/token_missing",door="rest"}',
    'roost_sockets_opened_total',
  ];
  const grown = await growth(cluster, names, async () => {
    await cluster.knock({ auth: { token }, headers: { origin: 'https://evil.example.org' } });
    await cluster.knock({});
    await cluster.knock({ auth: { token } });
  });
  expect(grown).toEqual([1, 1, 0, 1]);
});

test('limits and versions stand beside the figures', async ({ cluster }) => {
  const text = String((await cluster.http('GET /metrics')).body);
  expect(text).toContain('roost_limit{name="sockets_max"} 123\n');
  expect(text).toContain('roost_limit{name="event_loop_delay_max_ms"} 500\n');
  expect(text).toMatch(/^roost_build_info\{version="\d+\.\d+\.\d+",node="24\.[\d.]+",protocol="1"\} 1$/m);
});

test('what a replica needs is told though nobody asks for its readiness', async ({ cluster }) => {
  for (const name of ['ready', 'mongodb_up', 'redis_up']) await become(cluster, `roost_${name}`, 1);
  expect(await metricOf(cluster, 'roost_degraded')).toBe(0);
  expect(await metricOf(cluster, 'roost_draining')).toBe(0);

  await cluster.redis.stop();
  await become(cluster, 'roost_redis_up', 0);
  await become(cluster, 'roost_degraded', 1);
  expect(await metricOf(cluster, 'roost_ready')).toBe(1);
  await cluster.redis.start();
  await become(cluster, 'roost_redis_up', 1);
  await become(cluster, 'roost_degraded', 0);

  await cluster.mongo.stop();
  await become(cluster, 'roost_mongodb_up', 0);
  await become(cluster, 'roost_ready', 0);
  await cluster.mongo.start();
  await become(cluster, 'roost_mongodb_up', 1);
  await become(cluster, 'roost_ready', 1);
  await become(cluster, 'roost_store_connections_in_use', 0);
});
