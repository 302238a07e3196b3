import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { UsersRepository } from '../accounts/users/users.repository.js';
import { batches } from '../kernel/batches.js';
import { Clock } from '../kernel/clock.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { lookBackMs } from '../store/look-back.js';
import { SuccessionService } from './succession.service.js';

/** People whose chats are read at once. */
const peopleAtOnce = 200;

/**
 * Accounts are disabled in the store, of which nobody tells: a look at those that were since the last one, by index. The first look of a replica is
 * at all of them, for no replica may have run when it was done.
 */
@Injectable()
export class DisabledOwners implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stop: (() => void) | undefined;
  private since = new Date(0);
  private isLooking = false;

  constructor(
    private readonly users: UsersRepository,
    private readonly succession: SuccessionService,
    private readonly clock: Clock,
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    this.stop = this.clock.every('disabled owners', this.settings.sessionCheckIntervalMs, () => this.look());
  }

  beforeApplicationShutdown(): void {
    this.stop?.();
  }

  /** What fails is done by the next look, which begins where this one did. */
  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const next = new Date(this.clock.nowMs() - lookBackMs(this.settings));
    try {
      const disabled = await this.users.disabledSince(this.since);
      for (const some of batches(disabled, peopleAtOnce)) await this.succession.succeed(some);
      this.since = next;
    } catch (err) {
      this.logger.warn({ err }, 'chats of disabled owners not looked up');
    } finally {
      this.isLooking = false;
    }
  }
}
