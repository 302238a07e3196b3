import { waitUntil } from '@roost/local-cluster';
import { startCluster } from '@roost/testing';
import type { Cluster, ClusterOptions } from '@roost/testing';
import { socketsOf } from './metrics.js';

/** Longest wait for those who were connected to be gone: less than the start of another cluster costs. */
const leavingMs = 2_000;

/** What the last file of this worker left running, for the next one that wants the same. */
let kept: { readonly key: string; readonly cluster: Cluster } | undefined;

/** The one that was kept, where it has these options; else that one is stopped and another started. */
export async function take(options: ClusterOptions): Promise<Cluster> {
  if (kept?.key === keyOf(options)) {
    const { cluster } = kept;
    kept = undefined;
    return cluster;
  }
  await stopKept();
  return startCluster(options);
}

/** Keeps it for the next one, or stops it where somebody stays connected: a long-polling client that went without a word. */
export async function giveBack(options: ClusterOptions, cluster: Cluster): Promise<void> {
  await stopKept();
  cluster.closeClients();
  const isEmpty = await waitUntil(() => nobodyIsConnected(cluster), leavingMs);
  if (isEmpty === true) kept = { key: keyOf(options), cluster: await cluster.anew() };
  else await cluster.stop();
}

async function nobodyIsConnected(cluster: Cluster): Promise<true | string> {
  const replicas = cluster.parts.replicas.map((_, index) => index + 1);
  const counts = await Promise.all(replicas.map((replica) => socketsOf(cluster, { replica })));
  return counts.every((count) => count === 0) || `sockets: ${counts.join()}`;
}

/** Before others are started, for it would take their time; and when a worker ends. */
export async function stopKept(): Promise<void> {
  const last = kept;
  kept = undefined;
  await last?.cluster.stop();
}

const keyOf = (options: ClusterOptions) => JSON.stringify(options);
