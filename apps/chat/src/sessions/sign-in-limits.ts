import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClients } from '../realtime/redis-clients.js';
import { REDIS } from '../realtime/redis.module.js';
import { SETTINGS } from '../settings.module.js';

const quarterHourSeconds = 15 * 60;
const hourSeconds = 60 * 60;

/** What of a limiter is used here; undefined where the limit is off. */
type Limiter = RateLimiterRedis | undefined;

/**
 * Guesses at passwords and floods of accounts, counted over all replicas in Redis. While Redis is away each replica
 * counts for itself: signing in goes on, and guessing is bounded by the number of replicas.
 */
@Injectable()
export class SignInLimits {
  private readonly account: Limiter;
  private readonly address: Limiter;
  private readonly registration: Limiter;

  constructor(
    @Inject(REDIS) { publisher }: RedisClients,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    const prefix = `${settings.redisKeyPrefix}:limit:`;
    const limiter = (name: string, points: number, duration: number) =>
      points === 0 ? undefined : limiterOf(publisher, { keyPrefix: prefix + name, points, duration });
    this.account = limiter('login-account', settings.loginFailuresPerAccount, quarterHourSeconds);
    this.address = limiter('login-address', settings.loginFailuresPerAddress, quarterHourSeconds);
    this.registration = limiter('register', settings.registrationsPerAddress, hourSeconds);
  }

  /**
   * Runs an attempt to prove who somebody is. It is counted before it runs, so that many at once cannot slip through, and
   * taken off again unless it fails for a wrong password.
   *
   * @throws ChatError rate/limited
   */
  async login<Result>({ email, address }: SignIn, attempt: () => Promise<Result>): Promise<Result> {
    const account = nameless(email.toLowerCase());
    // The address first: what it has too many of must not lock the accounts of others.
    await consume(this.address, address);
    await consume(this.account, account);
    try {
      const result = await attempt();
      await this.takeBack(address, account);
      return result;
    } catch (error) {
      if (!isWrongPassword(error)) await this.takeBack(address, account);
      throw error;
    }
  }

  /** Counts an attempt to register. @throws ChatError rate/limited */
  async register(address: string): Promise<void> {
    if (this.settings.nodeEnv === 'development' && isLoopback(address)) return;
    await consume(this.registration, address);
  }

  private async takeBack(address: string, account: string): Promise<void> {
    await Promise.all([this.address?.reward(address), this.account?.reward(account)]);
  }
}

export interface SignIn {
  readonly email: string;
  /** Where the request comes from, as `clientAddress` gives it. */
  readonly address: string;
}

function limiterOf(storeClient: Redis, options: { keyPrefix: string; points: number; duration: number }) {
  const insuranceLimiter = new RateLimiterMemory(options);
  return new RateLimiterRedis({ ...options, storeClient, insuranceLimiter, rejectIfRedisNotReady: true });
}

async function consume(limiter: Limiter, key: string): Promise<void> {
  try {
    await limiter?.consume(key);
  } catch (error) {
    if (error instanceof RateLimiterRes) throw new ChatError('rate/limited', { retryAfterMs: error.msBeforeNext });
    throw error;
  }
}

/** Redis is not to hold anybody's e-mail address. */
const nameless = (email: string) => createHash('sha256').update(email).digest('base64url');

const isWrongPassword = (error: unknown) => error instanceof ChatError && error.code === 'auth/credentials_invalid';

const isLoopback = (address: string) => address === '::1' || address.startsWith('127.');
