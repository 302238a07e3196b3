import { type Fleet, type FleetWork, route, startOne, stopOne } from './fleet.js';

/**
 * Starts replicas, one after the other, or stops those with the highest numbers, all at once, until there are `count`, at
 * least 1. New ones get connections once they are ready; those that go get none from before they stop. Rejects with the
 * `PartFailed` of the first that does not start; and, nothing done, where one that is to remain is not ready to take over.
 */
export async function scale(fleet: Fleet, count: number, work: FleetWork = {}): Promise<void> {
  if (count < fleet.replicas.length) await shrink(fleet, count, work);
  else if (count > fleet.replicas.length) await grow(fleet, count, work);
}

async function shrink(fleet: Fleet, count: number, work: FleetWork): Promise<void> {
  const remaining = fleet.replicas.slice(0, count);
  const absent = remaining.find(({ state }) => state !== 'ready');
  if (absent) throw new Error(`${absent.name} is not ready to take over from those that would go`);
  await route(fleet, remaining);
  const surplus = fleet.replicas.slice(count);
  await Promise.all(surplus.map((replica) => stopOne(replica, work)));
  fleet.replicas.length = count;
}

async function grow(fleet: Fleet, count: number, work: FleetWork): Promise<void> {
  try {
    while (fleet.replicas.length < count) await addOne(fleet, work);
  } finally {
    if (!work.stopping?.aborted) await route(fleet, fleet.replicas);
  }
}

async function addOne(fleet: Fleet, work: FleetWork): Promise<void> {
  const replica = await fleet.create(fleet.replicas.length + 1);
  // Before it runs: whoever stops the cluster meanwhile has to find it.
  fleet.replicas.push(replica);
  try {
    await startOne(replica, work);
  } catch (error) {
    fleet.replicas.pop();
    throw error;
  }
}
