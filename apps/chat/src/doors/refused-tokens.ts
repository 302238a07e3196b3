import { hash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { ErrorCode } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { LRUCache } from 'lru-cache';
import { atMost } from '../kernel/at-most.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { SharedAddresses } from '../sockets/limits/shared-addresses.js';
import { TokenBucket } from '../sockets/limits/token-bucket.js';
import type { Rate } from '../sockets/limits/token-bucket.js';

/** Above the pauses that clients make between attempts. Short, for an account that was disabled may be enabled again. */
const rememberedMs = 30_000;
const tokensMax = 10_000;
const addressesMax = 10_000;
/** So many seconds' worth may come at once. */
const burstSeconds = 4;

/** What is so of a token however often it is presented. */
const final: ReadonlySet<ErrorCode> = new Set([
  'auth/token_invalid',
  'auth/token_expired',
  'auth/session_revoked',
  'auth/user_disabled',
]);

/** Marks a refusal that was told before: nobody has to read of it again. */
export const toldBefore = Symbol('told before');

/**
 * Tokens that were refused for good a moment ago. Many clients do not read why they were refused, and come back with the same
 * token for as long as they run: the answer is known without verifying anything or asking the store.
 */
@Injectable()
export class RefusedTokens {
  private readonly codes = new LRUCache<string, ErrorCode>({ ...atMost(tokensMax), ttl: rememberedMs });
  private readonly paces = new LRUCache<string, TokenBucket>(atMost(addressesMax));
  private readonly rate: Rate;

  constructor(
    @Inject(SETTINGS) { repeatedRefusalsPerS }: Settings,
    private readonly shared: SharedAddresses,
  ) {
    this.rate = { perSecond: repeatedRefusalsPerS, burst: repeatedRefusalsPerS * burstSeconds };
  }

  /** @throws ChatError what was said of this token before */
  refuseKnown(token: string): void {
    const code = this.codes.get(nameOf(token));
    if (code) throw new ChatError(code, {}, { cause: toldBefore });
  }

  /**
   * Of a socket, whose every handshake is a new connection: those that come again and again are slowed down. A first refusal of
   * a token always says why, so that whoever shares an address with such clients learns what to do.
   *
   * @throws ChatError as `refuseKnown`, or rate/limited
   */
  refuseKnownSocket(token: string, address: string): void {
    const code = this.codes.get(nameOf(token));
    if (!code) return;
    const retryAfterMs = this.paceOf(address)?.take(performance.now()) ?? 0;
    if (retryAfterMs > 0) {
      this.shared.refused('refused_handshakes', address);
      throw new ChatError('rate/limited', { retryAfterMs }, { cause: toldBefore });
    }
    throw new ChatError(code, {}, { cause: toldBefore });
  }

  /** Keeps what a token was refused with, where that is so for good. */
  remember(token: string, error: unknown): void {
    if (error instanceof ChatError && final.has(error.code)) this.codes.set(nameOf(token), error.code);
  }

  /** Undefined where there is no limit. */
  private paceOf(address: string): TokenBucket | undefined {
    if (this.rate.perSecond === 0) return undefined;
    const pace = this.paces.get(address) ?? new TokenBucket(this.rate);
    this.paces.set(address, pace);
    return pace;
  }
}

/** No token is kept in memory. */
const nameOf = (token: string): string => hash('sha256', token, 'base64url');
