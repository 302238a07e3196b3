import { join } from 'node:path';
import type { Part } from '@roost/local-cluster';
import { onEveryBuild } from './builds.js';
import { Operations } from './control/operations.js';
import { openControl } from './control/server.js';
import { socketPath } from './control/socket-path.js';
import { type DataFolder, openDataFolder } from './data-folder.js';
import { prepareDemo } from './demo.js';
import { rotateLogs } from './log-rotation.js';
import type { ClusterOptions } from './options.mjs';
import { copyPage } from './page.js';
import { say, seconds, step } from './progress.js';
import { proveDelivery } from './proof.js';
import { Refused } from './refused.js';
import { type StopSignals, watchSignals } from './signals.js';
import { type Cluster, startCluster } from './start-cluster.js';
import { killCluster, stopCluster } from './stop-cluster.js';
import { summary } from './summary.js';
import { Guard } from './supervise.js';

/** One cluster that is being run. */
interface Running {
  cluster: Cluster;
  data: DataFolder;
  options: ClusterOptions;
  startedAt: number;
  stopping: AbortController;
}

/**
 * Runs a cluster until somebody stops it, or a part that it stands on cannot be brought back.
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
  const { operations, lost } = supervise(running);
  rotateLogs(() => logFilesOf(running), stopping.signal);
  const end = await Promise.race([signals.asked, lost, introduced(running, operations, lost)]).catch(
    (error: unknown) => {
      say(`\n${error instanceof Error ? error.message : String(error)}`);
      return 'failed' as const;
    },
  );
  stopping.abort();
  const inOrder = await Promise.race([stopCluster(cluster, say).then(() => true), signals.askedAgain]);
  if (!inOrder) await killCluster(cluster);
  return inOrder && end === undefined ? 0 : 1;
}

/** Nobody here need know the certificate that nginx shows. */
const pastTls = ({ url, replicas }: Cluster): string => (url.startsWith('https:') ? (replicas[0]?.url ?? url) : url);

/** Those of all parts that there are now. */
function logFilesOf({ cluster: { store, redis, nginx, replicas }, data }: Running): string[] {
  const parts = [store.part, redis, nginx, ...replicas].filter((part) => part !== undefined);
  return [...parts.map(({ logFile }) => logFile), join(data.nginx, 'access.log')];
}

/** Fills a new store, proves that replicas reach each other, says what a person needs to know; then takes commands. */
async function introduced(running: Running, operations: Operations, lost: Promise<Part>): Promise<Part> {
  const { cluster, data, startedAt } = running;
  const accounts = await step(
    'demo',
    () => prepareDemo(pastTls(cluster), data.demoFile),
    ({ length }) => `${length} people`,
  );
  copyPage(data);
  const [first, last] = [cluster.replicas[0], cluster.replicas.at(-1)];
  const proof = first && last && first !== last ? await proveDelivery(first, last, data.checkersFile) : undefined;
  await takeCommands(running, operations);
  say(summary({ cluster, accounts, proof, data }));
  say(`\n  Ready after ${seconds(performance.now() - startedAt)}.`);
  return lost;
}

/** Keeps the parts alive and, where it was asked for, follows the build. `lost`: a part that could not be brought back. */
function supervise({ cluster, data, options, stopping: { signal: stopping } }: Running) {
  const guard = new Guard(say, stopping, { killsHung: process.env.EVENT_LOOP_STALL_MAX_MS !== '0' });
  const { store, redis, nginx, replicas } = cluster;
  for (const part of [store.part, redis, nginx]) if (part) guard.watch(part, { vital: true });
  // Of these the others serve while one does not start, and with a broken build there is the next one.
  for (const part of replicas) guard.watch(part);
  const operations = new Operations({ cluster, data, guard, stopping });
  if (options.watch) {
    onEveryBuild(() => operations.newBuild(), stopping).catch((error: unknown) =>
      say(`--watch ended: ${String(error)}`),
    );
  }
  return { operations, lost: guard.lost };
}

/** Lets `npm run cluster` in until the cluster stops. One that cannot be operated (say, on a file system without sockets) serves as well. */
async function takeCommands({ options, stopping }: Running, operations: Operations): Promise<void> {
  try {
    const close = await openControl(socketPath(options.data), (request, tell) => operations.perform(request, tell));
    stopping.signal.addEventListener('abort', close);
    if (stopping.signal.aborted) close();
  } catch (error) {
    say(`  npm run cluster will not reach this cluster: ${error instanceof Error ? error.message : String(error)}`);
  }
}
