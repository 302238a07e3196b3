import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Replicas of a side, unless a scenario is about their number. */
export const replicaCount = 3;

/** Read before this process is pinned. */
const count = availableParallelism();

/** Whether three replicas can have a core each, and everything else one more. */
export const hasOwnCores = count > replicaCount;

/**
 * All replicas, ours or bare, share one core, so that two sides can be held beside each other. Everything else is on the others:
 * stores, load generator, the bench.
 */
export const cores = { shared: 0, others: range(hasOwnCores ? replicaCount : 1, count) } as const;

/** Moves this process, and with it all that it starts from now on, to the cores of everything that is not a replica. */
export function pinToOthers(): void {
  if (process.platform !== 'linux') throw new Error('the bench needs Linux: it reads /proc and pins with taskset');
  if (count < 2) throw new Error('the bench needs two cores: one for the replicas, one for the rest');
  execFileSync('taskset', ['-cp', cores.others.join(','), String(process.pid)], { stdio: 'ignore' });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
