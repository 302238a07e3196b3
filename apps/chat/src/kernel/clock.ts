import { Injectable } from '@nestjs/common';
import { guardedListener } from './boundary.js';

/** The time and a way to come back later, so that tests can let time pass. */
export abstract class Clock {
  /** Milliseconds since the epoch. */
  abstract nowMs(): number;
  /** Calls `work` again and again, each time as work of the part `where`; gives the function that ends it. */
  abstract every(where: string, intervalMs: number, work: () => unknown): () => void;
}

@Injectable()
export class SystemClock extends Clock {
  override nowMs(): number {
    return Date.now();
  }

  override every(where: string, intervalMs: number, work: () => unknown): () => void {
    const timer = setInterval(guardedListener(where, work), intervalMs);
    return () => clearInterval(timer);
  }
}
