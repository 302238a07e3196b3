import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** All replicas, ours or bare, are on this core, everything else is on the other: stores, load generator, the bench. */
export const cores = { replicas: 0, others: 1 } as const;

/** Moves this process, and with it all that it starts from now on, to the core of everything that is not a replica. */
export function pinToOthers(): void {
  if (process.platform !== 'linux') throw new Error('the bench needs Linux: it reads /proc and pins with taskset');
  if (availableParallelism() < 2) throw new Error('the bench needs two cores: one for the replicas, one for the rest');
  execFileSync('taskset', ['-cp', String(cores.others), String(process.pid)], { stdio: 'ignore' });
}
