import type { NginxPart } from './nginx.js';
import type { PartExit } from './run.js';
import type { ReplicaPart } from './replica.js';

/** The replicas of one cluster and what stands in front of them. */
export interface Ranks {
  readonly replicas: readonly ReplicaPart[];
  /** Undefined where clients find the replicas themselves. */
  readonly nginx: NginxPart | undefined;
}

/** Ranks in which replicas may come and go while the cluster runs. */
export interface Fleet extends Ranks {
  /** All there are, also those that are coming or going; in the order of their numbers. Changed in place. */
  readonly replicas: ReplicaPart[];
  /** One more on a port of its own, not started yet. @param number from 1 */
  readonly create: (number: number) => Promise<ReplicaPart>;
}

/** One thing that was done to one replica. `exit` is undefined where it was not ready: how such a one ends says nothing. */
export type FleetStep =
  | { kind: 'stopped'; replica: ReplicaPart; exit: PartExit | undefined; tookMs: number }
  | { kind: 'started'; replica: ReplicaPart; tookMs: number };

/** How somebody follows, and ends early, what is done to a fleet. */
export interface FleetWork {
  onStep?: (step: FleetStep) => void;
  /** Aborted when the whole cluster stops: the work rejects before its next step, and starts no process any more. */
  stopping?: AbortSignal;
}

/**
 * Lets these replicas alone have new connections, before others are stopped or after some were started. Sockets that are
 * open stay where they are. With none left nginx keeps what it has: it cannot be told of nobody.
 */
export async function route({ nginx }: Ranks, replicas: readonly ReplicaPart[]): Promise<void> {
  if (replicas.length > 0) await nginx?.reload(replicas.map(({ port }) => port));
}

/** Asks a replica to empty itself and end; kills it where it has not after 10 s. Not running, it is left alone. */
export async function stopOne(replica: ReplicaPart, { onStep }: FleetWork): Promise<void> {
  const wasReady = replica.state === 'ready';
  const startedAt = performance.now();
  const exit = await replica.stop();
  onStep?.({ kind: 'stopped', replica, exit: wasReady ? exit : undefined, tookMs: performance.now() - startedAt });
}

/** Starts a replica and waits until it is ready; `PartFailed` where it does not become so. */
export async function startOne(replica: ReplicaPart, { onStep, stopping }: FleetWork): Promise<void> {
  stopping?.throwIfAborted();
  const startedAt = performance.now();
  await replica.start();
  onStep?.({ kind: 'started', replica, tookMs: performance.now() - startedAt });
}
