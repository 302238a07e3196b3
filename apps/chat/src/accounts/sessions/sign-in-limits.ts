import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import type { RedisClients } from '../../cluster/redis-clients.js';
import { REDIS } from '../../cluster/redis.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { AttemptLimit } from './attempt-limit.js';

const quarterHourSeconds = 15 * 60;
const hourSeconds = 60 * 60;

export interface SignIn {
  readonly email: string;
  /** Where the request comes from, as `clientAddress` gives it. */
  readonly address: string;
}

/** Against guessing passwords and against floods of accounts. */
@Injectable()
export class SignInLimits {
  /** By account and by address: those that fail, and those that succeed, of which each costs a hash as well. */
  private readonly failures: Readonly<Record<'account' | 'address', AttemptLimit>>;
  private readonly successes: Readonly<Record<'account' | 'address', AttemptLimit>>;
  private readonly registration: AttemptLimit;

  constructor(
    @Inject(REDIS) { publisher }: RedisClients,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    const limit = (name: string, points: number, duration: number) =>
      new AttemptLimit(publisher, { keyPrefix: `${settings.redisKeyPrefix}:limit:${name}`, points, duration });
    this.failures = {
      account: limit('login-account', settings.loginFailuresPerAccount, quarterHourSeconds),
      address: limit('login-address', settings.loginFailuresPerAddress, quarterHourSeconds),
    };
    this.successes = {
      account: limit('logins-account', settings.loginsPerAccount, quarterHourSeconds),
      address: limit('logins-address', settings.loginsPerAddress, quarterHourSeconds),
    };
    this.registration = limit('register', settings.registrationsPerAddress, hourSeconds);
  }

  /**
   * Runs an attempt to prove who somebody is. It counts as failed where the password was wrong.
   *
   * @throws ChatError rate/limited, without having run it; whatever the attempt throws
   */
  login<Result>({ email, address }: SignIn, attempt: () => Promise<Result>): Promise<Result> {
    const account = nameless(email.toLowerCase());
    const { failures, successes } = this;
    // The address first: what it has too many of must not lock the accounts of others.
    return counted(failures.address, { key: address, counts: hasFailed }, () =>
      counted(failures.account, { key: account, counts: hasFailed }, () =>
        counted(successes.address, { key: address, counts: hasSucceeded }, () =>
          counted(successes.account, { key: account, counts: hasSucceeded }, attempt),
        ),
      ),
    );
  }

  /** Counts an attempt to register, whatever becomes of it. @throws ChatError rate/limited */
  async register(address: string): Promise<void> {
    if (this.settings.nodeEnv === 'development' && isLoopback(address)) return;
    refuse(await this.registration.begin(address));
    await this.registration.end(address, { counts: true });
  }
}

/** What became of an attempt: what it threw, or nothing. */
type Outcome = { readonly error?: unknown };

const hasSucceeded = (outcome: Outcome) => !('error' in outcome);
const failures: ReadonlySet<string> = new Set(['auth/credentials_invalid', 'auth/password_wrong']);
const hasFailed = ({ error }: Outcome) => error instanceof ChatError && failures.has(error.code);

async function counted<Result>(
  limit: AttemptLimit,
  { key, counts }: { key: string; counts: (outcome: Outcome) => boolean },
  attempt: () => Promise<Result>,
): Promise<Result> {
  refuse(await limit.begin(key));
  let outcome: Outcome = {};
  try {
    return await attempt();
  } catch (error) {
    outcome = { error };
    throw error;
  } finally {
    await limit.end(key, { counts: counts(outcome) });
  }
}

function refuse(retryAfterMs: number): void {
  if (retryAfterMs > 0) throw new ChatError('rate/limited', { retryAfterMs });
}

/** Redis is not to hold anybody's e-mail address. */
const nameless = (email: string) => createHash('sha256').update(email).digest('base64url');

const isLoopback = (address: string) => address === '::1' || address.startsWith('127.');
