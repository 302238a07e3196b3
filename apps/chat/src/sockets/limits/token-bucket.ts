/** So many a second in the long run, and `burst` of them at once after a quiet time. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket kept as one number, the moment at which it will be full: no timer, and nothing that could drift. */
export class TokenBucket {
  private fullAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly rate: Rate) {}

  /**
   * Takes so many, or the whole burst where that is less: nothing is to be refused for ever. Gives 0 where it could, else
   * the milliseconds until it can.
   *
   * @param nowMs of a clock never set back
   */
  take(nowMs: number, count = 1): number {
    const { perSecond, burst } = this.rate;
    const oneMs = 1000 / perSecond;
    const fullAtMs = Math.max(this.fullAtMs, nowMs) + Math.min(count, burst) * oneMs;
    const missingMs = fullAtMs - burst * oneMs - nowMs;
    if (missingMs > 0) return Math.ceil(missingMs);
    this.fullAtMs = fullAtMs;
    return 0;
  }

  /** Leaves nothing to take until a moment. */
  emptyUntil(atMs: number): void {
    const oneMs = 1000 / this.rate.perSecond;
    this.fullAtMs = Math.max(this.fullAtMs, atMs + (this.rate.burst - 1) * oneMs);
  }
}
