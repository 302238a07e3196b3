import { Cluster } from 'ioredis';
import { runInBackground } from '../kernel/boundary.js';
import type { RedisClients } from './redis-clients.js';
import { roleAtAddress, roleOf } from './redis-role.js';
import type { RedisRole } from './redis-role.js';

/**
 * Whether the Redis that this replica is connected to is a master. One that was made a replica of another keeps its connections
 * and takes every publish, which then nobody hears who is connected to the master.
 */
export class MasterWatch {
  private role: RedisRole = { kind: 'unknown' };
  private isLooking = false;
  private isSeeking = false;
  /** When the role was asked for that is known, by `performance.now()`. */
  askedAtMs = -Infinity;

  constructor(
    private readonly redis: RedisClients,
    private readonly moving: (to: RedisRole) => void,
  ) {}

  get current(): RedisRole {
    return this.role;
  }

  /** Asks Redis, unless that is under way; while it does not answer, what it said last holds. */
  async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const askedAtMs = performance.now();
    try {
      this.role = await roleOf(this.redis.publisher);
      this.askedAtMs = askedAtMs;
    } catch (error) {
      if (!(error instanceof Error && error.name === 'ReplyError')) return;
      // What is not told for want of a right is not waited for.
      this.role = { kind: 'unknown' };
      this.askedAtMs = askedAtMs;
    } finally {
      this.isLooking = false;
    }
  }

  /** Goes to where the address, or Sentinel, leads now, if that is another master. A Redis Cluster is followed anyway. */
  seek(): void {
    const { publisher } = this.redis;
    if (publisher instanceof Cluster || publisher.status !== 'ready' || this.isSeeking) return;
    this.isSeeking = true;
    runInBackground('redis', async () => {
      try {
        const there = await roleAtAddress(publisher);
        if (this.isElsewhere(there)) this.move(there);
      } catch {
        // It is looked for again soon.
      } finally {
        this.isSeeking = false;
      }
    });
  }

  private isElsewhere(there: RedisRole): boolean {
    const { role: here } = this;
    if (there.kind !== 'master' || here.kind === 'unknown') return false;
    return here.kind === 'replica' || here.history !== there.history;
  }

  private move(to: RedisRole): void {
    this.moving(to);
    this.redis.publisher.disconnect(true);
    this.redis.subscriber.renew({ thoroughly: true });
  }
}
