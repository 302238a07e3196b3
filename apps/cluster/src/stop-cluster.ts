import type { Part } from '@roost/local-cluster';
import type { Say } from './progress.js';
import type { Cluster } from './start-cluster.js';

/** What is in front goes first, so that nobody talks to a part that has gone; the times add up to less than 10 s. */
function inOrder({ store, redis, replicas, nginx }: Cluster): { parts: Part[]; timeoutMs: number }[] {
  return [
    { parts: [nginx], timeoutMs: 1_000 },
    { parts: [...replicas], timeoutMs: 5_000 },
    { parts: [redis], timeoutMs: 1_000 },
    { parts: store.part ? [store.part] : [], timeoutMs: 2_500 },
  ];
}

/** Stops everything in order within 10 s; a part that does not end in its time is killed. */
export async function stopCluster(cluster: Cluster, say: Say): Promise<void> {
  for (const { parts, timeoutMs } of inOrder(cluster)) {
    const exits = await Promise.all(parts.map((part) => part.stop({ timeoutMs })));
    const ended = parts.filter((_, i) => exits[i]).map(({ name }) => name);
    if (ended.length > 0) say(`  stopped ${ended.join(', ')}`);
  }
}

/** Ends every process of the cluster now. */
export async function killCluster(cluster: Cluster): Promise<void> {
  await Promise.all(inOrder(cluster).flatMap(({ parts }) => parts.map((part) => part.kill())));
}
