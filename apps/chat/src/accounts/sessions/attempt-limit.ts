import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClients } from '../../cluster/redis-clients.js';

export interface AttemptLimitOptions {
  readonly keyPrefix: string;
  /** How many; 0: no limit. */
  readonly points: number;
  /** In how many seconds. */
  readonly duration: number;
}

/** When to come back where it is not known yet whether the attempts before count. */
const undecidedMs = 1_000;

/**
 * So many attempts with a certain outcome, by key, over all replicas in Redis; each replica counts for itself while Redis
 * is away. An attempt is counted before its outcome is known, so that many at once cannot slip through, and taken off where
 * it is another.
 */
export class AttemptLimit {
  private readonly limiter: RateLimiterRedis | undefined;
  private readonly underWay = new Map<string, number>();

  constructor(storeClient: RedisClients['publisher'], options: AttemptLimitOptions) {
    if (options.points === 0) return;
    const insuranceLimiter = new RateLimiterMemory(options);
    this.limiter = new RateLimiterRedis({ ...options, storeClient, insuranceLimiter, rejectIfRedisNotReady: true });
  }

  /** Gives 0 where it may be tried, else the milliseconds to wait; such an attempt is not counted. */
  async begin(key: string): Promise<number> {
    try {
      await this.limiter?.consume(key);
      this.underWay.set(key, (this.underWay.get(key) ?? 0) + 1);
      return 0;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      await this.limiter?.reward(key);
      return this.underWay.has(key) ? undecidedMs : error.msBeforeNext;
    }
  }

  /** After every attempt that might be tried. */
  async end(key: string, { counts }: { counts: boolean }): Promise<void> {
    const left = (this.underWay.get(key) ?? 1) - 1;
    if (left === 0) this.underWay.delete(key);
    else this.underWay.set(key, left);
    if (!counts) await this.limiter?.reward(key);
  }
}
