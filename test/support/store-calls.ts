import type { Cluster } from '@roost/testing';

const readCommands = ['find', 'getMore', 'aggregate', 'count', 'distinct'];

/** Commands that read, as the store itself has counted them since it was started: everybody's. */
export async function storeReads(cluster: Cluster): Promise<number> {
  const { metrics } = await (await cluster.mongo.database()).admin().serverStatus();
  return readCommands.reduce((sum, name) => sum + Number(metrics.commands[name]?.total ?? 0), 0);
}

/** How many reads something costs. What a replica looks for now and then goes on beside it. */
export async function readsDuring(cluster: Cluster, act: () => Promise<unknown>): Promise<number> {
  const before = await storeReads(cluster);
  await act();
  return (await storeReads(cluster)) - before;
}

/** The fewest of some attempts: that one was disturbed by nothing. */
export async function fewestReads(cluster: Cluster, act: () => Promise<unknown>, attempts = 3): Promise<number> {
  const reads: number[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) reads.push(await readsDuring(cluster, act));
  return Math.min(...reads);
}
