import { RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiterRedis } from 'rate-limiter-flexible';
import type { RedisClients } from '../../cluster/redis-clients.js';
import { countedInRedis } from './attempt-limit.js';
import type { AttemptLimitOptions, Limit } from './attempt-limit.js';

const pauseMaxSeconds = 120;

/**
 * As `AttemptLimit`, but who is above it is slowed down and not shut out: one attempt is tried, and the next after a pause
 * of a second, then two, four, up to two minutes. What many do together is never refused for longer than that.
 */
export class GrowingPause implements Limit {
  private readonly attempts: RateLimiterRedis | undefined;
  private readonly pause: RateLimiterRedis;

  constructor(
    storeClient: RedisClients['publisher'],
    private readonly options: AttemptLimitOptions,
  ) {
    if (options.points > 0) this.attempts = countedInRedis(storeClient, options);
    const pause = { keyPrefix: `${options.keyPrefix}-pause`, points: 1, duration: pauseMaxSeconds };
    this.pause = countedInRedis(storeClient, pause);
  }

  async begin(key: string): Promise<number> {
    if (!this.attempts) return 0;
    const { consumedPoints } = await this.attempts.penalty(key);
    const above = consumedPoints - this.options.points;
    if (above <= 0) return 0;
    try {
      await this.pause.consume(key, 1, { customDuration: Math.min(2 ** (above - 1), pauseMaxSeconds) });
      return 0;
    } catch (error) {
      await this.attempts.reward(key);
      if (!(error instanceof RateLimiterRes)) throw error;
      return error.msBeforeNext;
    }
  }

  async end(key: string, { counts }: { counts: boolean }): Promise<void> {
    if (!counts) await this.attempts?.reward(key);
  }
}
