import type { Refusal } from '@roost/contract';
import type { Spending } from './command-limits.js';

const windowMs = 10_000;

/** Timers of clients may fire this early, by their own clock. */
const earlyMs = 5;

/**
 * How often commands of one socket were refused lately. Who is told when to come back and does not ask for such a thing before
 * is not flooding, however often they are told so: the first that comes after that time is not counted. Nor is who is too quick for the
 * slow mode of a chat: how fast they are is limited in any case.
 */
export class RefusalCount {
  private counted = 0;
  private windowStartedAtMs = Number.NEGATIVE_INFINITY;
  private readonly waitUntilMs: Record<Spending, number> = {
    send: Number.NEGATIVE_INFINITY,
    command: Number.NEGATIVE_INFINITY,
    hint: Number.NEGATIVE_INFINITY,
  };

  constructor(private readonly max: number) {}

  /** Those that counted, of the last ten seconds. */
  get count(): number {
    return this.counted;
  }

  /**
   * Whether this is one too many. What follows is too, as long as the window lasts.
   *
   * @param nowMs of a clock never set back
   */
  add(
    { code, retryAfterMs }: Partial<Pick<Refusal, 'code' | 'retryAfterMs'>>,
    spending: Spending,
    nowMs: number,
  ): boolean {
    if (code === 'chat/slow_mode') return false;
    if (retryAfterMs !== undefined) {
      const hasWaited = nowMs >= this.waitUntilMs[spending] - earlyMs;
      this.waitUntilMs[spending] = nowMs + retryAfterMs;
      if (hasWaited) return false;
    }
    if (nowMs - this.windowStartedAtMs > windowMs) {
      this.windowStartedAtMs = nowMs;
      this.counted = 0;
    }
    this.counted++;
    return this.counted > this.max;
  }
}
