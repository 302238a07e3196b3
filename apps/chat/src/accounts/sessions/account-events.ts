import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { runInBackground } from '../../kernel/boundary.js';
import { derivedKeys } from '../../kernel/derived-keys.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { UsersRepository } from '../users/users.repository.js';
import type { Place } from './known-addresses.js';
import { failedSignIns, refusedBy } from './sign-in-refusals.js';

/** Why a session ended before its time. */
export type EndReason = 'signed_out' | 'ended_elsewhere' | 'password_changed' | 'account_changed' | 'token_copied';

export interface SessionEnd {
  readonly userId: string;
  readonly sessionIds: readonly string[];
  readonly reason: EndReason;
  /** Where it is at hand; else it is looked up. */
  readonly email?: string;
}

const markChars = 16;
/** Ids that are told of one event. */
const idsMax = 100;

/**
 * What happens to accounts, each as a line of its own with a stable name: for who looks for attacks, or for what became of one
 * account. An account is told by a mark that is made of its e-mail with a key from the secret: the same on all replicas, and
 * nobody who has the log alone can try names against it.
 */
@Injectable()
export class AccountEvents {
  private readonly key: Buffer;

  constructor(
    private readonly users: UsersRepository,
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) settings: Settings,
  ) {
    [this.key] = derivedKeys(settings, 'roost account in the log');
  }

  markOf(email: string): string {
    return createHmac('sha256', this.key).update(email.toLowerCase()).digest('base64url').slice(0, markChars);
  }

  /** @param error what came of an attempt to prove who somebody is; nothing is told where that was no refusal of it */
  signInRefused({ email, address }: Place, error: unknown): void {
    if (!(error instanceof ChatError)) return;
    const fields = { account: this.markOf(email), from: address, code: error.code };
    const limit = refusedBy(error);
    if (limit === 'account') this.logger.warn({ event: 'account.sign_in_locked', ...fields }, 'sign-in locked');
    else if (limit === 'address')
      this.logger.warn({ event: 'account.sign_in_throttled', ...fields }, 'sign-in throttled');
    else if (failedSignIns.has(error.code)) {
      this.logger.info({ event: 'account.sign_in_failed', ...fields }, 'sign-in failed');
    }
  }

  passwordChanged({ userId, email }: { readonly userId: string; readonly email: string }): void {
    this.logger.info({ event: 'account.password_changed', userId, account: this.markOf(email) }, 'password changed');
  }

  /** Nobody waits for it, and where the account cannot be looked up it is told without its mark. */
  sessionsEnded({ email, sessionIds, ...end }: SessionEnd): void {
    if (sessionIds.length === 0) return;
    runInBackground('account events', async () => {
      const known = email ?? (await this.emailOf(end.userId));
      const account = known === undefined ? {} : { account: this.markOf(known) };
      const ids = { sessions: sessionIds.length, endedSessionIds: sessionIds.slice(0, idsMax) };
      this.logger.info({ event: 'account.session_revoked', ...end, ...account, ...ids }, 'session revoked');
    });
  }

  private async emailOf(userId: string): Promise<string | undefined> {
    try {
      return (await this.users.byId(userId))?.email;
    } catch {
      return undefined;
    }
  }
}
