import { ChatError } from '@roost/contract';
import type { Clock } from '../time.js';

/** Longer than the ten seconds in which the server counts: what it counted may have taken a while to be heard of. */
const countedMs = 11_000;

/**
 * Keeps a client from being closed for flooding, which the server does to whoever is refused too often: of a hundred chats that
 * one may not see any more, as many things to do may be left. What is on its way may be refused as well.
 */
export class RefusalRoom {
  private max = Infinity;
  private underWay = 0;
  /** When the last refusals were heard of, the oldest first. */
  private readonly heard: number[] = [];
  private readonly waiting: (() => void)[] = [];
  private cancel: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  limit(max: number): void {
    this.max = max;
    this.pump();
  }

  /** Resolves when there is room, unless `signal` aborts before. */
  enter(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        this.underWay++;
        resolve();
      };
      this.waiting.push(enter);
      signal.addEventListener('abort', () => {
        const index = this.waiting.indexOf(enter);
        if (index >= 0) this.waiting.splice(index, 1);
        reject(signal.reason as Error);
      });
      this.pump();
    });
  }

  /** To be told of each that has entered. */
  leave(error?: unknown): void {
    this.underWay--;
    if (error instanceof ChatError) this.heard.push(this.clock.now());
    this.pump();
  }

  private pump(): void {
    this.cancel?.();
    this.cancel = undefined;
    const now = this.clock.now();
    while (this.heard[0] !== undefined && now - this.heard[0] >= countedMs) this.heard.shift();
    while (this.waiting.length > 0 && this.heard.length + this.underWay < this.max) this.waiting.shift()?.();
    const [oldest] = this.heard;
    if (this.waiting.length > 0 && oldest !== undefined)
      this.cancel = this.clock.after(oldest + countedMs - now, () => this.pump());
  }
}
