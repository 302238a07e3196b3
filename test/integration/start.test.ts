import { expect } from 'vitest';
import { freePort } from '@roost/local-cluster';
import { runReplica } from '@roost/testing';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';

/** For its stores; the tests start replicas that end by themselves. */
const test = clusterTest();

/** Longest wait for a store that these replicas are given, and what they may take beside it on a busy machine. */
const waitMs = 1_000;
const overheadMs = 30_000;

const settingsFor = ({ parts }: Cluster) => ({
  NODE_ENV: 'production',
  PORT: '0',
  HOST: '127.0.0.1',
  FRONTEND_URL: 'https://chat.example.org',
  JWT_SECRET: parts.secret,
  MONGODB_URI: parts.databaseUri,
  REDIS_URL: parts.redis.url,
  STORES_START_TIMEOUT_MS: String(waitMs),
});

test('without MongoDB the process says so and where it looked, without credentials, and ends', async ({ cluster }) => {
  const port = await freePort();
  const uri = `mongodb://ada:lovelace-1815@127.0.0.1:${port}/roost`;
  const ended = await runReplica({ ...settingsFor(cluster), MONGODB_URI: uri });
  expect(ended.code).toBe(1);
  expect(ended.tookMs).toBeLessThan(waitMs + overheadMs);
  expect(ended.output).toMatch(new RegExp(`^Cannot start: MongoDB .*127\\.0\\.0\\.1:${port}/roost`, 'm'));
  expect(ended.output).not.toContain('lovelace-1815');
});

test('without Redis the process says so and where it looked, without credentials, and ends', async ({ cluster }) => {
  const port = await freePort();
  const ended = await runReplica({ ...settingsFor(cluster), REDIS_URL: `redis://:hopper-1906@127.0.0.1:${port}` });
  expect(ended.code).toBe(1);
  expect(ended.tookMs).toBeLessThan(waitMs + overheadMs);
  expect(ended.output).toMatch(new RegExp(`^Cannot start: Redis .*127\\.0\\.0\\.1:${port}`, 'm'));
  expect(ended.output).not.toContain('hopper-1906');
});

test('without a Redis Cluster the process says so and names its nodes, without credentials, and ends', async ({
  cluster,
}) => {
  const { REDIS_URL: _, ...rest } = settingsFor(cluster);
  const [first, second] = [await freePort(), await freePort()];
  const nodes = `redis://:hopper-1906@127.0.0.1:${first},127.0.0.1:${second}`;
  const ended = await runReplica({ ...rest, REDIS_CLUSTER_NODES: nodes });
  expect(ended.code).toBe(1);
  expect(ended.tookMs).toBeLessThan(waitMs + overheadMs);
  expect(ended.output).toMatch(
    new RegExp(`^Cannot start: Redis .*127\\.0\\.0\\.1:${first}, .*127\\.0\\.0\\.1:${second}`, 'm'),
  );
  expect(ended.output).not.toContain('hopper-1906');
});

test('one Redis that is no cluster is not taken for one', async ({ cluster }) => {
  const { REDIS_URL: _, ...rest } = settingsFor(cluster);
  const ended = await runReplica({ ...rest, REDIS_CLUSTER_NODES: `127.0.0.1:${cluster.parts.redis.port}` });
  expect(ended.code).toBe(1);
  expect(ended.output).toMatch(/^Cannot start: Redis /m);
});

test('a Redis that takes connections and answers nothing is waited for no longer', async ({ cluster }) => {
  cluster.redis.freeze();
  try {
    const ended = await runReplica(settingsFor(cluster));
    expect(ended.code).toBe(1);
    expect(ended.output).toMatch(/^Cannot start: Redis /m);
  } finally {
    cluster.redis.thaw();
  }
});

test('all wrong, missing and unknown settings are listed at once, no secret among them', async ({ cluster }) => {
  const { REDIS_URL: _, ...rest } = settingsFor(cluster);
  const ended = await runReplica({
    ...rest,
    PORT: 'eighty',
    LOG_LEVEL: 'loud',
    JWT_SECRET: 'too-short-secret',
    JWT_SECRTE: 'a-secret-under-a-wrong-name',
    ROOST_LOG_LEVL: 'info',
    MONGODB_URI: 'postgres://ada:lovelace-1815@127.0.0.1/roost',
  });
  expect(ended.code).toBe(1);
  for (const name of ['PORT', 'LOG_LEVEL', 'JWT_SECRET', 'JWT_SECRTE', 'ROOST_LOG_LEVL', 'MONGODB_URI', 'REDIS_URL']) {
    expect(ended.output).toMatch(new RegExp(`^ +${name} +\\w`, 'm'));
  }
  expect(ended.output).toContain('did you mean JWT_SECRET?');
  for (const secret of ['too-short-secret', 'a-secret-under-a-wrong-name', 'lovelace-1815']) {
    expect(ended.output).not.toContain(secret);
  }
});

test('a port that is taken is named', async ({ cluster }) => {
  const { port } = cluster.parts.redis;
  const ended = await runReplica({ ...settingsFor(cluster), PORT: String(port) });
  expect(ended.code).toBe(1);
  expect(ended.output).toMatch(new RegExp(`^Cannot start: the port is in use .*${port}`, 'm'));
});
