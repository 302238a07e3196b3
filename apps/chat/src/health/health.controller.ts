import { Controller, Get, UseFilters } from '@nestjs/common';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import type { HealthCheckResult } from '@nestjs/terminus';
import { DeliveryIndicator } from './delivery.indicator.js';
import { HealthErrorFilter } from './health-error.filter.js';
import { MongoIndicator } from './mongo.indicator.js';
import { checkTimeoutMs, Readiness } from './readiness.js';
import { RedisIndicator } from './redis.indicator.js';

/** Whoever can say this is alive, also while it drains, for which a check of terminus would answer 503. */
const alive: HealthCheckResult = { status: 'ok', info: {}, error: {}, details: {} };

/** The contract says what these answer. Terminus would load all of Swagger to say it again. */
const plain = { noCache: true, swaggerDocumentation: false };

/** Three questions with three answers: is the process alive, can it do its work, and how is everything it needs. */
@Controller('health')
@UseFilters(HealthErrorFilter)
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly mongo: MongoIndicator,
    private readonly redis: RedisIndicator,
    private readonly delivery: DeliveryIndicator,
    private readonly readiness: Readiness,
  ) {}

  /** Never depends on others: restarting this process would not mend them. */
  @Get('live')
  @HealthCheck(plain)
  live(): HealthCheckResult {
    return alive;
  }

  /** Answers once everything is connected, indexed and listening: nothing listens before. */
  @Get('startup')
  @HealthCheck(plain)
  startup(): HealthCheckResult {
    return alive;
  }

  /** Whether to send clients here: it reads and writes MongoDB, reaches the other replicas, and gets to its work. */
  @Get('ready')
  @HealthCheck(plain)
  ready(): Promise<HealthCheckResult> {
    return this.health.check([...this.readiness.checks]);
  }

  /** Everything this replica needs, for operators; not through the public door. */
  @Get('deps')
  @HealthCheck(plain)
  deps(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.mongo.check(checkTimeoutMs),
      () => this.redis.check(checkTimeoutMs),
      () => this.delivery.check(checkTimeoutMs),
    ]);
  }
}
