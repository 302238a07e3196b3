import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClients } from '../../cluster/redis-clients.js';

export interface AttemptLimitOptions {
  readonly keyPrefix: string;
  /** How many; 0: no limit. */
  readonly points: number;
  /** In how many seconds. */
  readonly duration: number;
}

/** Counts attempts of a certain outcome, by key. */
export interface Limit {
  /** Gives 0 where it may be tried, else the milliseconds to wait; such an attempt is not counted. */
  begin(key: string): Promise<number>;
  /** After every attempt that might be tried. */
  end(key: string, outcome: { readonly counts: boolean }): Promise<void>;
}

/** Points by key, over all replicas in Redis; each replica counts for itself while Redis is away. */
export const countedInRedis = (
  storeClient: RedisClients['publisher'],
  options: AttemptLimitOptions,
): RateLimiterRedis =>
  new RateLimiterRedis({
    ...options,
    storeClient,
    insuranceLimiter: new RateLimiterMemory(options),
    rejectIfRedisNotReady: true,
  });

/** When to come back where it is not known yet whether the attempts before count. */
const undecidedMs = 1_000;

/**
 * So many attempts with a certain outcome, by key. An attempt is counted before its outcome is known, so that many at once
 * cannot slip through, and taken off where it is another.
 */
export class AttemptLimit implements Limit {
  private readonly limiter: RateLimiterRedis | undefined;
  private readonly underWay = new Map<string, number>();

  constructor(storeClient: RedisClients['publisher'], options: AttemptLimitOptions) {
    if (options.points > 0) this.limiter = countedInRedis(storeClient, options);
  }

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

  async end(key: string, { counts }: { counts: boolean }): Promise<void> {
    const left = (this.underWay.get(key) ?? 1) - 1;
    if (left === 0) this.underWay.delete(key);
    else this.underWay.set(key, left);
    if (!counts) await this.limiter?.reward(key);
  }
}
