import { Injectable } from '@nestjs/common';

/** The time and a way to come back later, so that tests can let time pass. */
export abstract class Clock {
  /** Milliseconds since the epoch. */
  abstract nowMs(): number;
  /** Calls `work` again and again; gives the function that ends it. */
  abstract every(intervalMs: number, work: () => void): () => void;
}

@Injectable()
export class SystemClock extends Clock {
  override nowMs(): number {
    return Date.now();
  }

  override every(intervalMs: number, work: () => void): () => void {
    const timer = setInterval(work, intervalMs);
    return () => clearInterval(timer);
  }
}
