import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { Settings } from '@roost/settings';
import { guardedListener } from '../kernel/boundary.js';
import { SETTINGS } from '../kernel/settings.module.js';

const windowMs = 5_000;
const nanosecondsPerMs = 1e6;

/** Whether this process gets to its work: the median delay of its event loop over the last seconds. */
@Injectable()
export class EventLoopIndicator implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly histogram = monitorEventLoopDelay({ resolution: 20 });
  private delayMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly health: HealthIndicatorService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    this.histogram.enable();
    this.timer = setInterval(
      guardedListener('event loop', () => this.measure()),
      windowMs,
    );
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.histogram.disable();
  }

  private measure(): void {
    this.delayMs = this.histogram.percentile(50) / nanosecondsPerMs;
    this.histogram.reset();
  }

  check() {
    const indicator = this.health.check('eventLoop');
    const figures = { delayMs: Math.round(this.delayMs) };
    return this.delayMs > this.settings.eventLoopDelayMaxMs ? indicator.down(figures) : indicator.up(figures);
  }
}
