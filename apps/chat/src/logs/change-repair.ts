import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener } from '../kernel/boundary.js';
import { ChangeLog } from './change-log.js';
import { ChangeTeller } from './change-teller.js';

/** How often a replica looks. An empty look is one read of a partial index that is empty. */
const intervalMs = 5_000;
/** Younger changes are being applied by the replica that decided them. */
const graceMs = 5_000;
const changesMax = 500;

/**
 * Applies changes whose replica died between deciding and applying them, and tells them: who was removed is in no room of
 * the chat any more, and would not learn of it from heads. A replica that was only slow tells them too; clients know by `rev`.
 */
@Injectable()
export class ChangeRepair implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
    private readonly logger: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(
      guardedListener('change repair', () => this.look()),
      intervalMs,
    );
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    try {
      const before = new Date(Date.now() - graceMs);
      for await (const change of this.changes.repair(before, changesMax)) {
        await this.teller.tell(change);
        const { chatId, rev, kind } = change;
        this.logger.info({ chatId, rev, kind }, 'applied a change that another replica left');
      }
    } catch (err) {
      this.logger.warn({ err }, 'could not look for changes to apply');
    }
  }
}
