import type { Clock, Surroundings } from '@roost/client';

/** The clock of a device, which somebody sets: timers run on, as those of every system do. */
export class JumpingClock implements Clock {
  private aheadMs = 0;

  /** @param ms forward, or back where it is negative */
  jump(ms: number): void {
    this.aheadMs += ms;
  }

  now(): number {
    return Date.now() + this.aheadMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = setTimeout(run, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  }
}

export const surroundingsWith = (clock: Clock): Surroundings => ({ clock, random: () => Math.random() });
