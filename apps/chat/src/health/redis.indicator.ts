import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { REDIS } from '../cluster/redis.js';
import type { RedisClients } from '../cluster/redis-clients.js';
import { pingRedis } from '../cluster/redis-nodes.js';
import { withTimeout } from '../kernel/with-timeout.js';

/** Whether Redis answers: a frozen one raises no error, only silence. */
@Injectable()
export class RedisIndicator {
  constructor(
    @Inject(REDIS) private readonly redis: RedisClients,
    private readonly health: HealthIndicatorService,
  ) {}

  async check(timeoutMs: number) {
    const indicator = this.health.check('redis');
    const startedAtMs = performance.now();
    try {
      await withTimeout(pingRedis(this.redis.publisher), timeoutMs);
      return indicator.up({ tookMs: Math.round(performance.now() - startedAtMs) });
    } catch (error) {
      return indicator.down({ message: error instanceof Error ? error.message : 'no answer' });
    }
  }
}
