import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { DeliveryProbe } from '../cluster/delivery-probe.js';
import { REDIS } from '../cluster/redis.js';
import type { RedisClients } from '../cluster/redis-clients.js';
import { pingRedis } from '../cluster/redis-nodes.js';
import { describeRefusal } from '../cluster/redis-refusals.js';
import { withTimeout } from '../kernel/with-timeout.js';

/** Whether Redis answers (a frozen one raises no error, only silence), is a master, and refuses nothing. */
@Injectable()
export class RedisIndicator {
  constructor(
    @Inject(REDIS) private readonly redis: RedisClients,
    private readonly delivery: DeliveryProbe,
    private readonly health: HealthIndicatorService,
  ) {}

  async check(timeoutMs: number) {
    const indicator = this.health.check('redis');
    const startedAtMs = performance.now();
    try {
      await withTimeout(pingRedis(this.redis.publisher), timeoutMs);
      const wrong = this.whatIsWrong();
      if (wrong !== undefined) return indicator.down({ message: wrong });
      return indicator.up({ tookMs: Math.round(performance.now() - startedAtMs) });
    } catch (error) {
      return indicator.down({
        message: this.whatIsWrong() ?? (error instanceof Error ? error.message : 'no answer'),
      });
    }
  }

  private whatIsWrong(): string | undefined {
    const { role } = this.delivery;
    // First, for it is why such a Redis refuses to be written to.
    if (role.kind === 'replica') return `redis is a replica of ${role.of}`;
    const { lasting } = this.redis.refusals;
    return lasting.length > 0 ? lasting.map(describeRefusal).join('; ') : undefined;
  }
}
