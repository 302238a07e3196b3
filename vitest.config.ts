import { defineConfig } from 'vitest/config';
import type { RedisKind } from './libs/testing/src/redis-kind.js';

/** The one that watches the embedded store's system calls, where there is no strace. */
const skippedMax = 1;

/** What a Redis that goes could break: run again over other kinds of it. */
const outages = ['degraded', 'faults', 'lost-session-end', 'random-session', 'sync', 'ten-seconds'];
/** A link leads to one Redis, not to the nodes of a cluster; and most of what breaks for the SDK is not Redis. */
const overOneRedis = ['links', 'sdk'];

/** The cluster tests of these files, over another kind of Redis. Most of them wait for an outage to be over: two at a time. */
const over = (redis: RedisKind, files: readonly string[]) => ({
  extends: true as const,
  test: {
    name: redis,
    include: files.map((file) => `test/cluster/${file}.test.ts`),
    env: { TEST_REDIS: redis },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    sequence: { groupOrder: 3 },
  },
});

/**
 * `unit` needs no server; `integration` starts stores, two files at a time; `cluster` starts whole clusters from `dist`, one
 * after the other when all else is done: each has use for the whole machine. Then outages over other kinds of Redis.
 */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    reporters: ['default', ['./test/support/count-reporter.ts', { skippedMax }]],
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'unit', include: ['{apps,libs,scripts,test}/**/*.spec.ts'] } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['{apps,libs}/**/*.test.ts', 'test/integration/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          include: ['test/cluster/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      over('sharded', [...outages, ...overOneRedis]),
      over('sharded-cluster', outages),
    ],
  },
});
