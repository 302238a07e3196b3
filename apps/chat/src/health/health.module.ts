import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { MongoIndicator } from './mongo.indicator.js';
import { RedisIndicator } from './redis.indicator.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController, MetricsController],
  providers: [MongoIndicator, RedisIndicator],
})
export class HealthModule {}
