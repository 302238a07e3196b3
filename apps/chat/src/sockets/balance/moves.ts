import { LRUCache } from 'lru-cache';
import { atMost } from '../../kernel/at-most.js';

/** What a client is given to leave after the time it was told; one that has not by then stays. */
const leaveMaxMs = 10_000;
/** Who comes back within this time was sent back by what is in front. */
const returnMs = 30_000;
const sessionsMax = 50_000;

/** The clients that were asked to move, and what became of it. */
export class Moves {
  private readonly leaving = new Map<string, number>();
  private arriving: number[] = [];
  private readonly sessions: LRUCache<string, number>;

  /**
   * @param arrivedMs after which the replica that somebody left for has said that it is there
   * @param askedAgainMs for which nobody is asked twice
   */
  constructor(
    private readonly arrivedMs: number,
    askedAgainMs: number,
  ) {
    this.sessions = new LRUCache({ ...atMost(sessionsMax), ttl: askedAgainMs });
  }

  /** @param dueMs when it is to connect elsewhere */
  asked({ socketId, sessionId }: { socketId: string; sessionId: string }, dueMs: number): void {
    this.leaving.set(socketId, dueMs + leaveMaxMs);
    this.sessions.set(sessionId, dueMs);
  }

  wasAsked(sessionId: string): boolean {
    return this.sessions.has(sessionId);
  }

  /** Gives whether it had been asked. */
  left(socketId: string, nowMs: number): boolean {
    const wasAsked = this.leaving.delete(socketId);
    if (wasAsked) this.arriving.push(nowMs + this.arrivedMs);
    return wasAsked;
  }

  /** Whether it comes from here, where it was asked to leave. Says so once. */
  isReturn(sessionId: string, nowMs: number): boolean {
    const dueMs = this.sessions.get(sessionId);
    if (dueMs === undefined || nowMs - dueMs > returnMs) return false;
    this.sessions.set(sessionId, Number.NEGATIVE_INFINITY);
    return true;
  }

  /** How many are still here, and how many are here or on their way. */
  underWay(nowMs: number): { readonly here: number; readonly all: number } {
    for (const [socketId, untilMs] of this.leaving) if (untilMs < nowMs) this.leaving.delete(socketId);
    this.arriving = this.arriving.filter((untilMs) => untilMs >= nowMs);
    return { here: this.leaving.size, all: this.leaving.size + this.arriving.length };
  }
}
