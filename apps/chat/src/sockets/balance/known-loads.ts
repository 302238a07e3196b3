import type { Load } from '../../cluster/cluster-event-map.js';

/** What was said longer ago says nothing of now: the replica is gone, or cannot be heard. */
const freshMs = 3_500;
/** More than there are replicas, so that memory has an end whatever is said. */
const replicasMax = 1_000;

interface Heard extends Load {
  readonly atMs: number;
}

/** What the other replicas say of themselves. */
export class KnownLoads {
  private readonly byReplica = new Map<string, Heard>();

  heard(load: Load, nowMs: number): void {
    if (this.byReplica.has(load.replica) || this.byReplica.size < replicasMax)
      this.byReplica.set(load.replica, { ...load, atMs: nowMs });
  }

  /** Of those that were heard lately, always in the same order. */
  fresh(nowMs: number): readonly Load[] {
    for (const { replica, atMs } of this.byReplica.values()) if (nowMs - atMs > freshMs) this.byReplica.delete(replica);
    return Array.from(this.byReplica.values()).toSorted((one, other) => (one.replica < other.replica ? -1 : 1));
  }
}
