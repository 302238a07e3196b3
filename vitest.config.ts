import { defineConfig } from 'vitest/config';

/** Those that compare the embedded store with another engine, which `MONGODB_URI` has to name. */
const skippedMax = process.env['MONGODB_URI'] === undefined ? 6 : 0;

/**
 * `unit` needs no server; `integration` starts stores, two files at a time; `cluster` starts whole clusters from `dist`, one
 * after the other when all else is done: each has use for the whole machine.
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
    ],
  },
});
