import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { DeliveryProbe } from '../cluster/delivery-probe.js';
import { runInBackground } from '../kernel/boundary.js';
import { Clock } from '../kernel/clock.js';
import { AcceptLimits } from '../sockets/limits/accept-limits.js';
import { DeliveryIndicator } from './delivery.indicator.js';
import { DrainIndicator } from './drain.indicator.js';
import { EventLoopIndicator } from './event-loop.indicator.js';
import { metrics } from './metrics.js';
import { MongoIndicator } from './mongo.indicator.js';
import { RedisIndicator } from './redis.indicator.js';

/** Shorter than the time-out of any probe, so that the probe hears which part is away. */
export const checkTimeoutMs = 1_000;
const lookEveryMs = 2_000;
/** While it is not ready: nobody new is sent to a replica that does not know yet that it is. */
const lookAgainMs = 250;

/** What makes a replica ready. Looked at also where nobody asks for it, so that the metrics tell it. */
@Injectable()
export class Readiness implements OnApplicationBootstrap, OnApplicationShutdown {
  /** All have to be up. */
  readonly checks = [
    () => this.mongo.check(checkTimeoutMs),
    () => this.delivery.check(checkTimeoutMs),
    () => this.eventLoop.check(),
    () => this.drain.check(),
  ] as const;
  private cancel: (() => void) | undefined;
  private isStopped = false;

  constructor(
    private readonly mongo: MongoIndicator,
    private readonly redis: RedisIndicator,
    private readonly delivery: DeliveryIndicator,
    private readonly eventLoop: EventLoopIndicator,
    private readonly drain: DrainIndicator,
    private readonly accepts: AcceptLimits,
    private readonly clock: Clock,
    probe: DeliveryProbe,
  ) {
    probe.onDegraded(() => metrics.degraded.set(1));
    probe.onRecovered(() => metrics.degraded.set(0));
  }

  onApplicationBootstrap(): void {
    runInBackground('readiness', () => this.watch());
  }

  /** Until then it drains, and is not ready. */
  onApplicationShutdown(): void {
    this.isStopped = true;
    this.cancel?.();
  }

  private async watch(): Promise<void> {
    let isReady = false;
    try {
      isReady = await this.look();
    } finally {
      const afterMs = isReady ? lookEveryMs : lookAgainMs;
      if (!this.isStopped) this.cancel = this.clock.after('readiness', afterMs, () => this.watch());
    }
  }

  private async look(): Promise<boolean> {
    const [redis, ...needed] = await Promise.all([
      this.redis.check(checkTimeoutMs),
      ...this.checks.map((check) => check()),
    ]);
    metrics.redisUp.set(Number(isUp(redis)));
    metrics.mongodbUp.set(Number(needed.every((one) => !('mongodb' in one) || isUp(one))));
    const isReady = needed.every(isUp);
    metrics.ready.set(Number(isReady));
    this.accepts.setReady(isReady);
    return isReady;
  }
}

const isUp = (result: HealthIndicatorResult): boolean => Object.values(result).every(({ status }) => status === 'up');
