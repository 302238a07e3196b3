import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../kernel/at-most.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { TokenBucket } from './token-bucket.js';
import type { Rate } from './token-bucket.js';

/** Far more people than act at the same time on one replica. Who is pushed out has a full bucket at the next command. */
const peopleMax = 50_000;

/** How long somebody waits who was closed for flooding. */
const pauseMs = 5_000;

export type Spending = 'send' | 'command' | 'hint';

/**
 * How much one person may ask for, over all sockets and REST calls on this replica. Each replica counts for itself: a
 * count they share would cost a call to Redis for every command, and be lost with Redis.
 */
@Injectable()
export class CommandLimits {
  private readonly rates: Readonly<Record<Spending, Rate>>;
  private readonly buckets: Readonly<Record<Spending, LRUCache<string, TokenBucket>>> = {
    send: new LRUCache(atMost(peopleMax)),
    command: new LRUCache(atMost(peopleMax)),
    hint: new LRUCache(atMost(peopleMax)),
  };

  constructor(@Inject(SETTINGS) settings: Settings) {
    const { sendsPerS, sendsBurst, commandsPerS, commandsBurst, hintsPerS, hintsBurst } = settings;
    this.rates = {
      send: { perSecond: sendsPerS, burst: sendsBurst },
      command: { perSecond: commandsPerS, burst: commandsBurst },
      hint: { perSecond: hintsPerS, burst: hintsBurst },
    };
  }

  /** @throws ChatError rate/limited, saying when there is room for so many */
  spend(userId: string, spending: Spending, count = 1): void {
    if (count === 0) return;
    const retryAfterMs = this.bucketOf(userId, spending)?.take(performance.now(), count) ?? 0;
    if (retryAfterMs > 0) throw new ChatError('rate/limited', { retryAfterMs });
  }

  /** Nothing for a while, not even a connection: who floods would be back at once, and each coming costs a handshake. */
  pause(userId: string): void {
    this.bucketOf(userId, 'command')?.emptyUntil(performance.now() + pauseMs);
  }

  /** Undefined where there is no limit. */
  private bucketOf(userId: string, spending: Spending): TokenBucket | undefined {
    const rate = this.rates[spending];
    if (rate.perSecond === 0) return undefined;
    let bucket = this.buckets[spending].get(userId);
    if (!bucket) {
      bucket = new TokenBucket(rate);
      this.buckets[spending].set(userId, bucket);
    }
    return bucket;
  }
}
