import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { Drain } from '../doors/socket/drain.js';

/** A replica that is going away is not ready, however well it is. */
@Injectable()
export class DrainIndicator {
  constructor(
    private readonly drain: Drain,
    private readonly health: HealthIndicatorService,
  ) {}

  check() {
    const indicator = this.health.check('draining');
    return this.drain.isDraining ? indicator.down({ message: 'going away' }) : indicator.up();
  }
}
