import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import type { RedisClients } from '../../cluster/redis-clients.js';
import { REDIS } from '../../cluster/redis.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import type { AddressLimit } from '../../sockets/metrics.js';
import { SharedAddresses } from '../../sockets/limits/shared-addresses.js';
import { AccountEvents } from './account-events.js';
import { AttemptLimit, counted, watched } from './attempt-limit.js';
import type { AttemptLimitOptions, Limit, Outcome } from './attempt-limit.js';
import { GrowingPause } from './growing-pause.js';
import { KnownAddresses } from './known-addresses.js';
import type { Place } from './known-addresses.js';
import { limited } from './sign-in-refusals.js';

const quarterHourSeconds = 15 * 60;
const hourSeconds = 60 * 60;

export interface SignIn extends Place {
  /** Of who is signed in and proves it again. */
  readonly sessionId?: string;
}

/** Against guessing passwords and against floods of accounts. */
@Injectable()
export class SignInLimits {
  /**
   * Those that fail: from an address, for any account; from an address or a session, for one account; and from all addresses
   * together from which nobody has signed in to that account.
   */
  private readonly failures: Readonly<Record<'address' | 'place' | 'strangers', Limit>>;
  /** Those that succeed, of which each costs a hash as well. */
  private readonly successes: Readonly<Record<'account' | 'address', Limit>>;
  private readonly registration: Limit;

  constructor(
    @Inject(REDIS) { publisher }: RedisClients,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly known: KnownAddresses,
    private readonly events: AccountEvents,
    shared: SharedAddresses,
  ) {
    const options = (name: string, points: number, duration: number): AttemptLimitOptions => {
      return { keyPrefix: `${settings.redisKeyPrefix}:limit:${name}`, points, duration };
    };
    const limit = (...of: Parameters<typeof options>) => new AttemptLimit(publisher, options(...of));
    const byAddress = (what: AddressLimit, of: Limit) => watched(of, (address) => shared.refused(what, address));
    this.failures = {
      address: byAddress(
        'login_failures',
        limit('login-address', settings.loginFailuresPerAddress, quarterHourSeconds),
      ),
      place: limit('login-place', settings.loginFailuresPerPlace, quarterHourSeconds),
      strangers: new GrowingPause(publisher, options('login-strangers', settings.loginFailuresPerAccount, hourSeconds)),
    };
    this.successes = {
      account: limit('logins-account', settings.loginsPerAccount, quarterHourSeconds),
      address: byAddress('logins', limit('logins-address', settings.loginsPerAddress, quarterHourSeconds)),
    };
    this.registration = byAddress('registrations', limit('register', settings.registrationsPerAddress, hourSeconds));
  }

  /**
   * Runs an attempt to prove who somebody is. It counts as failed where the password was wrong.
   *
   * @throws ChatError rate/limited, without having run it; whatever the attempt throws
   */
  async login<Result>(signIn: SignIn, attempt: () => Promise<Result>): Promise<Result> {
    try {
      return await this.limitedLogin(signIn, attempt);
    } catch (error) {
      this.events.signInRefused(signIn, error);
      throw error;
    }
  }

  private limitedLogin<Result>(signIn: SignIn, attempt: () => Promise<Result>): Promise<Result> {
    const { email, address, sessionId } = signIn;
    const account = nameless(email.toLowerCase());
    const place = `${account}:${sessionId ?? address}`;
    const { failures, successes } = this;
    const proven = () =>
      counted(successes.address, { key: address, refusal: by.address, counts: hasSucceeded }, () =>
        counted(successes.account, { key: account, refusal: by.account, counts: hasSucceeded }, attempt),
      );
    // The address first: what it has too many of must not count for the accounts of others.
    return counted(failures.address, { key: address, refusal: by.address, counts: hasFailed }, () =>
      counted(failures.place, { key: place, refusal: by.account, counts: hasFailed }, async () => {
        // What strangers try is not to keep out who was here before, or is.
        const isKnown = sessionId !== undefined || (await this.known.has(signIn));
        return isKnown
          ? proven()
          : counted(failures.strangers, { key: account, refusal: by.account, counts: hasFailed }, proven);
      }),
    );
  }

  /** Counts an attempt to register, whatever becomes of it. @throws ChatError rate/limited */
  async register(address: string): Promise<void> {
    if (this.settings.nodeEnv === 'development' && isLoopback(address)) return;
    await counted(this.registration, { key: address, refusal: by.address, counts: () => true }, () =>
      Promise.resolve(),
    );
  }
}

/** What is said to who has tried too often, and of what there was too much. */
const by = {
  address: (retryAfterMs: number) => limited(retryAfterMs, 'address'),
  account: (retryAfterMs: number) => limited(retryAfterMs, 'account'),
};

const hasSucceeded = (outcome: Outcome) => !('error' in outcome);
const failures: ReadonlySet<string> = new Set(['auth/credentials_invalid', 'auth/password_wrong']);
const hasFailed = ({ error }: Outcome) => error instanceof ChatError && failures.has(error.code);

/** Redis is not to hold anybody's e-mail address. */
const nameless = (email: string) => createHash('sha256').update(email).digest('base64url');

const isLoopback = (address: string) => address === '::1' || address.startsWith('127.');
