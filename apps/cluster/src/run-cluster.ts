import type { Part } from '@roost/local-cluster';
import { type DataFolder, openDataFolder } from './data-folder.js';
import { prepareDemo } from './demo.js';
import type { ClusterOptions } from './options.js';
import { copyPage } from './page.js';
import { say, seconds, step } from './progress.js';
import { proveDelivery } from './proof.js';
import { onEveryBuild, restartOneByOne } from './rolling-restart.js';
import { Refused } from './refused.js';
import { type StopSignals, watchSignals } from './signals.js';
import { type Cluster, startCluster } from './start-cluster.js';
import { killCluster, stopCluster } from './stop-cluster.js';
import { summary } from './summary.js';
import { keepAlive, untilDeath } from './supervise.js';

/** One cluster that is being run. */
interface Running {
  cluster: Cluster;
  data: DataFolder;
  options: ClusterOptions;
  startedAt: number;
  stopping: AbortController;
}

/**
 * Runs a cluster until somebody stops it or a store dies.
 *
 * @returns the exit code: 0 when it was stopped in order, else 1
 */
export async function runCluster(options: ClusterOptions): Promise<number> {
  const startedAt = performance.now();
  if (options.fresh && process.env.MONGODB_URI) {
    throw new Refused('--fresh cannot empty the database of MONGODB_URI: remove it yourself, or name another one');
  }
  const signals = watchSignals(say);
  const data = openDataFolder(options.data, options.fresh);
  try {
    say(`Roost: ${options.replicas} chat ${options.replicas === 1 ? 'replica' : 'replicas'}, data in ${options.data}`);
    const cluster = await Promise.race([startCluster(options, data), signals.asked]);
    if (!cluster) return 0; // stopped while starting: the parts that run already end with this process
    return await live({ cluster, data, options, startedAt, stopping: new AbortController() }, signals);
  } finally {
    data.release();
  }
}

async function live(running: Running, signals: StopSignals): Promise<number> {
  const { cluster, stopping } = running;
  const stores = [cluster.store.part, cluster.redis].filter((part) => part !== undefined);
  const death = Promise.race(stores.map((part) => untilDeath(part, say)));
  supervise(running);
  const end = await Promise.race([signals.asked, death, introduced(running, death)]).catch((error: unknown) => {
    say(`\n${error instanceof Error ? error.message : String(error)}`);
    return 'failed' as const;
  });
  stopping.abort();
  const inOrder = await Promise.race([stopCluster(cluster, say).then(() => true), signals.askedAgain]);
  if (!inOrder) await killCluster(cluster);
  return inOrder && end === undefined ? 0 : 1;
}

/** Fills a new store, proves that replicas reach each other, says what a person needs to know; then waits. */
async function introduced({ cluster, data, startedAt }: Running, death: Promise<Part>): Promise<Part> {
  const demo = await step(
    'demo',
    () => prepareDemo(cluster.url, data.demoFile),
    ({ accounts }) => `${accounts.length} people`,
  );
  copyPage(data);
  const [first, last] = [cluster.replicas[0], cluster.replicas.at(-1)];
  const proof = first && last && first !== last ? await proveDelivery(first, last, demo.sessions) : undefined;
  say(summary({ cluster, accounts: demo.accounts, proof, data }));
  say(`\n  Ready after ${seconds(performance.now() - startedAt)}.`);
  return death;
}

function supervise({ cluster, data, options, stopping }: Running): void {
  const { replicas, nginx } = cluster;
  const watched = new Set<Part>();
  const watchOver = (part: Part): void => {
    if (watched.has(part)) return;
    watched.add(part);
    void keepAlive(part, say, stopping.signal).finally(() => watched.delete(part));
  };
  for (const part of [...replicas, nginx]) watchOver(part);
  if (!options.watch) return;
  void onEveryBuild(async () => {
    copyPage(data);
    await restartOneByOne(replicas, say);
    for (const replica of replicas) watchOver(replica); // stopping it on purpose ended its watch
  }, stopping.signal);
}
