import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { PinoLogger } from 'nestjs-pino';
import { atMost } from '../../kernel/at-most.js';
import { runInBackground } from '../../kernel/boundary.js';
import { SessionsRepository } from './sessions.repository.js';

const pairsMax = 10_000;
/** Until the store surely shows what was written, or takes writes again. */
const patienceMs = 10_000;

/**
 * Notes in the store that a pair of tokens is used: the refresh token before it is a copy from then on. One write for a pair, at
 * its first use, for which nobody waits.
 */
@Injectable()
export class SeenPairs {
  private readonly noted = new LRUCache<string, true>({ ...atMost(pairsMax), ttl: patienceMs });

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly logger: PinoLogger,
  ) {}

  note(sessionId: string, generation: number): void {
    const pair = `${sessionId} ${generation}`;
    if (this.noted.has(pair)) return;
    this.noted.set(pair, true);
    runInBackground('seen pairs', () => this.write(sessionId, generation));
  }

  private async write(sessionId: string, generation: number): Promise<void> {
    try {
      await this.sessions.markSeen(sessionId, generation);
    } catch (err) {
      this.logger.warn({ err, sessionId }, 'use of new tokens not noted');
    }
  }
}
