import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { Clock } from '../../kernel/clock.js';
import { RevokedSessions } from '../../sockets/life/revoked-sessions.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { lookBackMs } from '../../store/look-back.js';
import { UsersRepository } from '../users/users.repository.js';
import { SessionsRepository } from './sessions.repository.js';

/**
 * Replicas tell each other which sessions ended, and what they tell may be lost. This is the net below it: a look at
 * what ended since the last one, by index, two small reads however many sockets there are.
 */
@Injectable()
export class SessionSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stop: (() => void) | undefined;
  private sinceMs: number;

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly users: UsersRepository,
    private readonly revokedSessions: RevokedSessions,
    private readonly clock: Clock,
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.sinceMs = clock.nowMs();
  }

  onApplicationBootstrap(): void {
    this.stop = this.clock.every('session sweep', this.settings.sessionCheckIntervalMs, () => this.look());
  }

  beforeApplicationShutdown(): void {
    this.stop?.();
  }

  /** Where the store does not answer, the next look covers this one. */
  async look(): Promise<void> {
    const nowMs = this.clock.nowMs();
    const since = new Date(this.sinceMs - lookBackMs(this.settings));
    try {
      const [disabled, revoked] = await Promise.all([
        this.users.disabledSince(since),
        this.sessions.revokedSince(since),
      ]);
      for (const userId of disabled)
        this.revokedSessions.close({ userId, sessionIds: 'all', code: 'auth/user_disabled' });
      for (const [userId, sessionIds] of revoked) {
        this.revokedSessions.close({ userId, sessionIds, code: 'auth/session_revoked' });
      }
      this.sinceMs = nowMs;
    } catch (err) {
      this.logger.warn({ err }, 'ended sessions not looked up');
    }
  }
}
