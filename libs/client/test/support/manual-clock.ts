import type { Clock } from '@roost/client';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  private readonly timers = new Set<Timer>();

  constructor(private time = Date.parse('2026-01-01T00:00:00.000Z')) {}

  now(): number {
    return this.time;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { at: this.time + delayMs, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Lets that time pass, and everything happen that comes of it. */
  async advance(delayMs: number): Promise<void> {
    const end = this.time + delayMs;
    for (let timer = await this.next(end); timer; timer = await this.next(end)) {
      this.timers.delete(timer);
      this.time = Math.max(this.time, timer.at);
      timer.run();
    }
    this.time = end;
  }

  /** Time passes in which nothing runs, as in a laptop that is closed; what was due comes late. */
  standStill(delayMs: number): void {
    this.time += delayMs;
  }

  private async next(end: number): Promise<Timer | undefined> {
    await settle();
    const due = [...this.timers].filter(({ at }) => at <= end);
    return due.toSorted((a, b) => a.at - b.at)[0];
  }
}

/** Resolves when every promise that could settle has. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
