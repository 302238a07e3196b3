import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { MongooseModule } from '@nestjs/mongoose';
import { DeliveryIndicator } from './delivery.indicator.js';
import { DrainIndicator } from './drain.indicator.js';
import { EventLoopIndicator } from './event-loop.indicator.js';
import { HealthController } from './health.controller.js';
import { HeartbeatDocument, HeartbeatSchema } from './heartbeat.schema.js';
import { Heartbeats } from './heartbeats.js';
import { MetricsController } from './metrics.controller.js';
import { MongoIndicator } from './mongo.indicator.js';
import { OwnFigures } from './own-figures.js';
import { Readiness } from './readiness.js';
import { RedisIndicator } from './redis.indicator.js';
import { StoreWatch } from './store-watch.js';

@Module({
  imports: [
    TerminusModule.forRoot({ logger: false }),
    MongooseModule.forFeature([{ name: HeartbeatDocument.name, schema: HeartbeatSchema }]),
  ],
  controllers: [HealthController, MetricsController],
  providers: [
    MongoIndicator,
    RedisIndicator,
    DeliveryIndicator,
    EventLoopIndicator,
    DrainIndicator,
    Heartbeats,
    OwnFigures,
    Readiness,
    StoreWatch,
  ],
})
export class HealthModule {}
