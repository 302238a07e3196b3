import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { loopLookMs, loopLooks } from '@roost/observability';
import type { Settings } from '@roost/settings';
import { guardedListener } from '../kernel/boundary.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { metrics } from './metrics.js';

const windowMs = 5_000;
const nanosecondsPerMs = 1e6;

/** Whether this process gets to its work: the median delay of its event loop over the last seconds. */
@Injectable()
export class EventLoopIndicator implements OnApplicationBootstrap, OnApplicationShutdown {
  private delayMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly health: HealthIndicatorService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    loopLooks.reset();
    this.timer = setInterval(
      guardedListener('event loop', () => this.measure()),
      windowMs,
    );
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private measure(): void {
    this.delayMs = Math.max(0, loopLooks.percentile(50) / nanosecondsPerMs - loopLookMs);
    metrics.eventLoopDelaySeconds.set(this.delayMs / 1000);
    loopLooks.reset();
  }

  check() {
    const indicator = this.health.check('eventLoop');
    const figures = { delayMs: Math.round(this.delayMs) };
    return this.delayMs > this.settings.eventLoopDelayMaxMs ? indicator.down(figures) : indicator.up(figures);
  }
}
