import { defineConfig } from 'vitest/config';
import type { RedisKind } from './libs/testing/src/redis-kind.js';
import { ByProject } from './test/support/by-project.js';
import { patienceMs } from './test/support/patience.js';

/**
 * The one that watches the embedded store's system calls, where there is no strace; the one of systemd's units, where there is no
 * systemd-analyze; the one of `npm run cluster -- backup`, where MONGODB_URI gives another store.
 */
const skippedMax = 3;

/** What a Redis that goes could break, and what another kind of it could make different: run again over other kinds. */
const outages = ['degraded', 'faults', 'random-session', 'ten-seconds'];
/** A link leads to one Redis, not to the nodes of a cluster; and receipts have rooms of their own. */
const overOneRedis = ['links', 'receipts'];

/** Tests that start processes, four files at a time: each waits for more than half of its time, and of two cores one would be idle. */
const withProcesses = { maxWorkers: 4, sequence: { groupOrder: 1 } };

/** Tests of whole clusters, over a kind of Redis. */
const cluster = (name: string, files: readonly string[], redis: RedisKind) => ({
  extends: true as const,
  test: {
    ...withProcesses,
    name,
    include: files.map((file) => `test/cluster/${file}.test.ts`),
    env: { TEST_REDIS: redis },
  },
});

/**
 * `unit` needs no server. Files run in the same workers one after the other, for importing what they use takes longer than many of
 * them, and none changes it. Time-outs are for what hangs: a machine with much to do takes ten times as long as one without.
 */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    reporters: ['default', ['./test/support/count-reporter.ts', { skippedMax }]],
    expect: { poll: { timeout: patienceMs } },
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    isolate: false,
    globalSetup: './test/support/store-folder.ts',
    sequence: { sequencer: ByProject },
    projects: [
      { extends: true, test: { name: 'unit', include: ['{apps,libs,scripts,test}/**/*.spec.ts'] } },
      cluster('cluster', ['**/*'], 'classic'),
      cluster('sharded', [...outages, ...overOneRedis], 'sharded'),
      cluster('sharded-cluster', outages, 'sharded-cluster'),
      {
        extends: true,
        test: {
          ...withProcesses,
          name: 'integration',
          include: ['{apps,libs}/**/*.test.ts', 'test/integration/**/*.test.ts'],
        },
      },
    ],
  },
});
