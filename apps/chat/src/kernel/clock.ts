import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { guardedListener } from './boundary.js';

/** The time and ways to come back later, so that tests and the simulation decide how time passes. */
export abstract class Clock {
  /** Milliseconds since the epoch. */
  abstract nowMs(): number;
  /** Calls `work` again and again, each time as work of the part `where`; gives the function that ends it. */
  abstract every(where: string, intervalMs: number, work: () => unknown): () => void;
  /** Calls `work` once; gives the function that calls it off. */
  abstract after(where: string, delayMs: number, work: () => unknown): () => void;
  /** Calls `work` when all that this turn of the event loop read has been acted on. */
  abstract atEndOfTurn(where: string, work: () => unknown): void;
  /** A random while, so that those who met do not meet again. */
  abstract pauseUpTo(ms: number): Promise<void>;
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

  override after(where: string, delayMs: number, work: () => unknown): () => void {
    const timer = setTimeout(guardedListener(where, work), delayMs);
    return () => clearTimeout(timer);
  }

  override atEndOfTurn(where: string, work: () => unknown): void {
    setImmediate(guardedListener(where, work));
  }

  override pauseUpTo(ms: number): Promise<void> {
    return sleep(Math.random() * ms);
  }
}

/** For what is made without being given one. */
export const systemClock: Clock = new SystemClock();
