import type { Surroundings } from './time.js';

export interface BackoffLimits {
  /** The most that is waited before the first repetition. */
  readonly baseMs: number;
  /** The most that is waited before any. */
  readonly maxMs: number;
}

/**
 * How long to wait before trying again: anything from nothing to a limit that doubles each time ("full jitter", by the
 * AWS Architecture Blog's "Exponential Backoff And Jitter", 2015), so that clients who failed together do not come back together.
 */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly limits: BackoffLimits,
    private readonly random: Surroundings['random'],
  ) {}

  /** @param notBeforeMs what the server asked for at least */
  next(notBeforeMs = 0): number {
    // 2^30 is far above any sensible maximum; more would lose precision.
    const exponent = Math.min(this.failures++, 30);
    const limitMs = Math.min(this.limits.maxMs, this.limits.baseMs * 2 ** exponent);
    return notBeforeMs + Math.floor(this.random() * limitMs);
  }

  /** After a success. */
  reset(): void {
    this.failures = 0;
  }
}
