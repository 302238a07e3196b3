import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { ChangeLog } from './change-log.js';

/** How often a replica looks. An empty look is one read of a partial index that is empty. */
const intervalMs = 5_000;
/** Younger changes are being applied by the replica that decided them. */
const graceMs = 5_000;
const changesMax = 500;

/** Applies changes whose replica died between deciding and applying them. */
@Injectable()
export class ChangeRepair implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly changes: ChangeLog,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), intervalMs);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    try {
      const applied = await this.changes.repair(new Date(Date.now() - graceMs), changesMax);
      if (applied > 0) this.logger.info({ applied }, 'changes applied that another replica left');
    } catch (err) {
      this.logger.warn({ err }, 'could not look for changes to apply');
    }
  }
}
