import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { DeliveryProbe } from '../cluster/delivery-probe.js';
import type { Trouble } from '../cluster/delivery-probe.js';
import type { RedisClients } from '../cluster/redis-clients.js';
import { describeRefusal } from '../cluster/redis-refusals.js';
import { REDIS } from '../cluster/redis.js';
import { Heartbeats } from './heartbeats.js';
import { withTimeout } from '../kernel/with-timeout.js';

/**
 * Whether what this replica broadcasts reaches the others. Where nobody's does, or some do not hear some, it is degraded and not
 * down, or the balancer would have no target left. Where only this replica's does not, it is down; and before the first
 * canary has come back, for until then nothing is known.
 */
@Injectable()
export class DeliveryIndicator {
  constructor(
    private readonly delivery: DeliveryProbe,
    private readonly heartbeats: Heartbeats,
    private readonly health: HealthIndicatorService,
    @Inject(REDIS) private readonly redis: RedisClients,
  ) {}

  async check(timeoutMs: number) {
    const indicator = this.health.check('delivery');
    const { current, hasProven, canaryAgeMs } = this.delivery;
    const figures = { canaryAgeMs: Math.round(canaryAgeMs) };
    if (!hasProven) return indicator.down({ ...figures, message: this.because('no canary has come back yet') });
    if (current.state === 'ok') return indicator.up(figures);
    const { trouble } = current;
    const since = current.since.toISOString();
    return (await this.isAlone(trouble, timeoutMs))
      ? indicator.down({ ...figures, since, message: 'this replica alone does not reach the others' })
      : indicator.up({ ...figures, since, message: `degraded: ${this.describe(trouble)}` });
  }

  private async isAlone(trouble: Trouble, timeoutMs: number): Promise<boolean> {
    if (trouble.kind !== 'path') return this.heartbeats.isAlone;
    return withTimeout(this.heartbeats.othersDeliver(), timeoutMs).catch(() => false);
  }

  private describe(trouble: Trouble): string {
    switch (trouble.kind) {
      case 'path':
        return this.because('redis is away');
      case 'replica':
        return `redis is a replica of ${trouble.of}`;
      case 'others':
        return `nothing goes between this replica and ${trouble.names.join(', ')}`;
    }
  }

  /** What Redis refuses says more than that nothing comes back. */
  private because(otherwise: string): string {
    const [refusal] = this.redis.refusals.lasting;
    return refusal ? describeRefusal(refusal) : otherwise;
  }
}
