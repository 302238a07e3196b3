import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { DeliveryProbe } from '../cluster/delivery-probe.js';
import { Heartbeats } from './heartbeats.js';
import { withTimeout } from '../kernel/with-timeout.js';

/**
 * Whether what this replica broadcasts reaches the others. Where nobody's does, Redis is away: that is degraded, not down,
 * or the balancer would have no target left. Where only this replica's does not, it is down.
 */
@Injectable()
export class DeliveryIndicator {
  constructor(
    private readonly delivery: DeliveryProbe,
    private readonly heartbeats: Heartbeats,
    private readonly health: HealthIndicatorService,
  ) {}

  async check(timeoutMs: number) {
    const indicator = this.health.check('delivery');
    const { current, isStuck, canaryAgeMs } = this.delivery;
    const figures = { canaryAgeMs: Math.round(canaryAgeMs) };
    if (current.state === 'ok') return indicator.up(figures);
    const since = current.since.toISOString();
    const alone = isStuck || (await withTimeout(this.heartbeats.othersDeliver(), timeoutMs).catch(() => false));
    return alone
      ? indicator.down({ ...figures, since, message: 'this replica alone does not reach the others' })
      : indicator.up({ ...figures, since, message: 'degraded: redis is away' });
  }
}
