import { type FleetWork, type Ranks, route, startOne, stopOne } from './fleet.js';

/**
 * Starts every replica again, one after the other, on its port: taken from nginx, stopped, started, ready, the next. Those
 * that are not ready come first, so that a ready one goes only when all others are back. Rejects with the `PartFailed` of the
 * first that does not start and leaves the others as they are: what stops one would stop them all.
 */
export async function restartOneByOne(ranks: Ranks, work: FleetWork = {}): Promise<void> {
  const readyLast = ranks.replicas.toSorted((a, b) => Number(a.state === 'ready') - Number(b.state === 'ready'));
  try {
    for (const replica of readyLast) {
      work.stopping?.throwIfAborted();
      const others = ranks.replicas.filter((other) => other !== replica);
      await route(ranks, others);
      await stopOne(replica, work);
      await startOne(replica, work);
    }
  } finally {
    if (!work.stopping?.aborted) await route(ranks, ranks.replicas);
  }
}
