import { startCluster } from '@roost/testing';
import type { Cluster, ClusterOptions } from '@roost/testing';
import { test } from 'vitest';
import { giveBack, stopKept, take } from './kept-cluster.js';

/** Lines of each part's log that are shown when a test of the file failed. */
const shownLines = 25;

/**
 * `test` with a cluster: started with the first test of the file, shared by all of them, stopped after the last. What a
 * test connected is closed after it, and it fails where the server broke the contract towards one of its clients. After a
 * failure the logs are shown and kept.
 */
export function clusterTest(options: ClusterOptions = {}) {
  return testWith({
    start: async () => {
      await stopKept();
      return startCluster(options);
    },
    end: (cluster) => cluster.stop(),
  });
}

/**
 * The same for files that leave the parts as they found them and ask nothing of them about all of their life: those with the same
 * options that come one after the other in a worker share the processes. A start is most of what such a file costs, and replicas that
 * have served for a while take less for a request. Each file begins with nobody known and nothing stored.
 */
export function sharedClusterTest(options: ClusterOptions = {}) {
  return testWith({ start: () => take(options), end: (cluster) => giveBack(options, cluster) });
}

/** For most of what one replica does. */
export const oneReplica: ClusterOptions = { settings: { FRONTEND_URL: 'https://chat.example.org' } };

/** For what is counted at the store: nobody looks meanwhile for what moved. */
export const quietReplica: ClusterOptions = { settings: { HEADS_INTERVAL_MS: '600000' } };

/**
 * For most of what is done through several. Who is refused much at once is not thrown out, which has a test of its own; and nothing is
 * right merely because a name was read again after a while.
 */
export const threeReplicas: ClusterOptions = {
  replicas: 3,
  settings: { REFUSALS_PER_10S_MAX: '100000', PROFILE_CACHE_MS: '600000' },
};

/** How a file comes by its cluster, and what becomes of that where all tests passed. */
interface Source {
  readonly start: () => Promise<Cluster>;
  readonly end: (cluster: Cluster) => Promise<void>;
}

function testWith({ start, end }: Source) {
  let failed = false;
  return (
    test
      // oxlint-disable-next-line no-empty-pattern -- vitest reads from the pattern which fixtures this one needs
      .extend('lastOfWorker', { scope: 'worker', auto: true }, ({}, { onCleanup }) => {
        onCleanup(stopKept);
      })
      // oxlint-disable-next-line no-empty-pattern -- the same
      .extend('cluster', { scope: 'file' }, async ({}, { onCleanup }) => {
        const cluster = await start();
        onCleanup(async () => {
          if (!failed) return end(cluster);
          showLogs(cluster.parts);
          return cluster.stop({ keepLogs: true });
        });
        return cluster;
      })
      .extend('tidyUp', { auto: true }, async ({ cluster, onTestFailed }, { onCleanup }) => {
        onTestFailed(() => void (failed = true));
        onCleanup(() => cluster.closeClients());
      })
  );
}

type Parts = Awaited<ReturnType<typeof startCluster>>['parts'];

function showLogs({ dir, redisNodes, store, replicas, nginx }: Parts): void {
  for (const part of [...redisNodes, store.part, ...replicas, nginx]) {
    if (part) console.error([`--- ${part.name}`, ...part.logTail(shownLines)].join('\n'));
  }
  console.error(`--- the whole logs are in ${dir}`);
}
