/** So many a second in the long run, and `burst` of them at once after a quiet time. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Counts by two numbers and no timer: what has come in since the last look is worked out at the next. */
export class TokenBucket {
  private tokens: number;

  constructor(
    private readonly rate: Rate,
    private lookedAtMs: number,
  ) {
    this.tokens = rate.burst;
  }

  /** Takes one. Gives 0 where it could, else the milliseconds until it can. */
  take(nowMs: number): number {
    const { perSecond, burst } = this.rate;
    // A clock that was set back must not take away what is there.
    const passedMs = Math.max(0, nowMs - this.lookedAtMs);
    this.tokens = Math.min(burst, this.tokens + (passedMs / 1000) * perSecond);
    this.lookedAtMs = nowMs;
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.tokens) / perSecond) * 1000);
  }
}
