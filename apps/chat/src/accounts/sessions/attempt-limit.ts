import { ChatError } from '@roost/contract';
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

/** What became of an attempt: what it threw, or nothing. */
export type Outcome = { readonly error?: unknown };

/** Who tries, which outcomes count, and what is said to who has tried too often: by default `rate/limited` alone. */
export interface Attempt {
  readonly key: string;
  readonly counts: (outcome: Outcome) => boolean;
  readonly refusal?: (retryAfterMs: number) => ChatError;
}

const rateLimited = (retryAfterMs: number) => new ChatError('rate/limited', { retryAfterMs });

/** Runs an attempt under a limit. @throws the refusal, without having run it; whatever the attempt throws */
export async function counted<Result>(
  limit: Limit,
  { key, counts, refusal = rateLimited }: Attempt,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const retryAfterMs = await limit.begin(key);
  if (retryAfterMs > 0) throw refusal(retryAfterMs);
  let outcome: Outcome = {};
  try {
    return await attempt();
  } catch (error) {
    outcome = { error };
    throw error;
  } finally {
    await limit.end(key, { counts: counts(outcome) });
  }
}

/** The same limit, which also tells of each key that it refuses. */
export const watched = (limit: Limit, refused: (key: string) => void): Limit => ({
  begin: async (key) => {
    const retryAfterMs = await limit.begin(key);
    if (retryAfterMs > 0) refused(key);
    return retryAfterMs;
  },
  end: (key, outcome) => limit.end(key, outcome),
});
