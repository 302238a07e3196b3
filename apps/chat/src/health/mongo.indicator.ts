import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { HealthIndicatorService } from '@nestjs/terminus';
import type { Connection } from 'mongoose';
import { Heartbeats } from './heartbeats.js';
import { withTimeout } from '../kernel/with-timeout.js';

/** Whether MongoDB answers, is a primary, and has taken a write of this replica lately. */
@Injectable()
export class MongoIndicator {
  constructor(
    @InjectConnection() private readonly connection: Connection,
    private readonly heartbeats: Heartbeats,
    private readonly health: HealthIndicatorService,
  ) {}

  async check(timeoutMs: number) {
    const indicator = this.health.check('mongodb');
    const startedAtMs = performance.now();
    try {
      if (!this.connection.db) return indicator.down({ message: 'not connected' });
      const hello = await withTimeout(this.connection.db.command({ hello: 1 }), timeoutMs);
      if (hello['isWritablePrimary'] !== true) return indicator.down({ message: 'not a primary' });
      if (!this.heartbeats.canWrite) return indicator.down({ message: 'no write acknowledged lately' });
      return indicator.up({ tookMs: Math.round(performance.now() - startedAtMs) });
    } catch (error) {
      return indicator.down({ message: error instanceof Error ? error.name : 'no answer' });
    }
  }
}
