import { startCluster } from '@roost/testing';
import type { ClusterOptions } from '@roost/testing';
import { test } from 'vitest';

/** Lines of each part's log that are shown when a test of the file failed. */
const shownLines = 25;

/**
 * `test` with a cluster: started with the first test of the file, shared by all of them, stopped after the last. What a
 * test connected is closed after it, and it fails where the server broke the contract towards one of its clients. After a
 * failure the logs are shown and kept.
 */
export function clusterTest(options: ClusterOptions = {}) {
  let failed = false;
  return (
    test
      // oxlint-disable-next-line no-empty-pattern -- vitest reads from the pattern which fixtures this one needs
      .extend('cluster', { scope: 'file' }, async ({}, { onCleanup }) => {
        const cluster = await startCluster(options);
        onCleanup(async () => {
          if (failed) showLogs(cluster.parts);
          await cluster.stop({ keepLogs: failed });
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
