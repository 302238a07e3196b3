/** So many a second in the long run, and `burst` of them at once after a quiet time. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** What sums of fractions of a millisecond are wrong by, at most: nobody waits for that. */
const roundingMs = 0.001;

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
    const { fullAtMs, missingMs } = this.after(nowMs, count);
    if (missingMs === 0) this.fullAtMs = fullAtMs;
    return missingMs;
  }

  /** Takes one that is there within a while, and gives the milliseconds until it is; takes none and gives undefined where none is. */
  reserve(nowMs: number, withinMs: number): number | undefined {
    const { fullAtMs, missingMs } = this.after(nowMs, 1);
    if (missingMs > withinMs) return undefined;
    this.fullAtMs = fullAtMs;
    return missingMs;
  }

  /** Whether the next would have to wait. */
  isEmpty(nowMs: number): boolean {
    return this.after(nowMs, 1).missingMs > 0;
  }

  private after(nowMs: number, count: number): { readonly fullAtMs: number; readonly missingMs: number } {
    const { perSecond, burst } = this.rate;
    const oneMs = 1000 / perSecond;
    const fullAtMs = Math.max(this.fullAtMs, nowMs) + Math.min(count, burst) * oneMs;
    return { fullAtMs, missingMs: Math.max(0, Math.ceil(fullAtMs - burst * oneMs - nowMs - roundingMs)) };
  }

  /** Leaves nothing to take until a moment. */
  emptyUntil(atMs: number): void {
    const oneMs = 1000 / this.rate.perSecond;
    this.fullAtMs = Math.max(this.fullAtMs, atMs + (this.rate.burst - 1) * oneMs);
  }
}
