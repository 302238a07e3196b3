import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Clock } from '../kernel/clock.js';
import { ChangeApplier, runsOf } from './change-applier.js';
import type { StuckChange } from './change-applier.js';
import { ChangeTeller } from './change-teller.js';
import type { ChangeDocument } from './change.schema.js';
import { ChangesRepository } from './changes.repository.js';
import { metrics } from './metrics.js';

/** How often a replica looks. An empty look is one read of a partial index that is empty. */
const intervalMs = 5_000;
/** Younger changes are being applied by the replica that decided them. */
const graceMs = 5_000;
const page = 500;
/** Pages of one look; the next one goes on from there. */
const pagesMax = 20;
/** What stays stuck is spoken of this often. */
const stuckLogMs = 10 * 60_000;

/**
 * Applies changes whose replica died between deciding and applying them, and tells them: who was removed is in no room of
 * the chat any more, and would not learn of it from heads. A replica that was only slow tells them too; clients know by `rev`.
 */
@Injectable()
export class ChangeRepair implements OnApplicationBootstrap, OnModuleDestroy {
  private stop: (() => void) | undefined;
  private isLooking = false;
  private from = new Date(0);
  private stuckCount = 0;
  private stuckLoggedAtMs = -Infinity;

  constructor(
    private readonly changes: ChangesRepository,
    private readonly applier: ChangeApplier,
    private readonly teller: ChangeTeller,
    private readonly logger: PinoLogger,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.stop = this.clock.every('change repair', intervalMs, () => this.look());
  }

  onModuleDestroy(): void {
    this.stop?.();
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      await this.repair(new Date(this.clock.nowMs() - graceMs));
    } catch (err) {
      this.logger.warn({ err }, 'could not look for changes to apply');
    } finally {
      this.isLooking = false;
    }
  }

  private async repair(before: Date): Promise<void> {
    let seen = new Set<string>();
    for (let pages = 0; pages < pagesMax; pages++) {
      const pending = await this.changes.pendingBetween(this.from, before, page);
      // Those of the moment with which the page before ended come once more.
      for (const run of runsOf(pending.filter(({ _id }) => !seen.has(_id.toHexString())))) await this.applyRun(run);
      const last = pending.at(-1);
      if (!last || pending.length < page) return this.begin();
      seen = new Set(pending.map(({ _id }) => _id.toHexString()));
      this.from = last.at.getTime() > this.from.getTime() ? last.at : new Date(last.at.getTime() + 1);
    }
  }

  /** All were looked at: from the beginning the next time. */
  private begin(): void {
    this.from = new Date(0);
    metrics.changesStuck.set(this.stuckCount);
    this.stuckCount = 0;
  }

  /** Told before the next ones are applied: who is removed by one of them still hears of these. */
  private async applyRun(run: readonly ChangeDocument[]): Promise<void> {
    const { applied, stuck } = await this.applier.apply(run);
    for (const change of applied) {
      if (!(await this.changes.markApplied(change._id))) continue;
      const { chatId, rev, kind } = change;
      this.logger.info({ chatId, rev, kind }, 'applied a change that another replica left');
      await this.teller.tell(change).catch((err: unknown) => this.logger.warn({ err, chatId, rev }, 'change not told'));
    }
    this.stuckCount += stuck.length;
    if (stuck[0]) this.logStuck(stuck[0], stuck.length);
  }

  private logStuck({ change: { chatId, rev, kind }, error }: StuckChange, count: number): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.stuckLoggedAtMs < stuckLogMs) return;
    this.stuckLoggedAtMs = nowMs;
    const why = error === undefined ? 'a newer replica knows what they are' : 'applying them fails';
    this.logger.warn({ err: error, count, chatId, rev, kind }, `changes stay to be applied: ${why}`);
  }
}
