import type { Cluster } from '../cluster.js';
import type { Trouble } from './troubles.js';

/** Calls that began before a trouble of MongoDB ended may fail this much later. */
const afterStoreMs = 6_000;

/** The troubles of a cluster, one at a time. */
export class Weather {
  /** How many there were. */
  count = 0;
  /** Whether something is wrong at the moment. */
  isBad = false;
  private present: Promise<void> = Promise.resolve();
  private storeTroubleUntilMs = 0;

  constructor(private readonly cluster: Cluster) {}

  /** Waits until the present trouble is over, then lets the next one begin. */
  async next(trouble: Trouble, lengthMs: number): Promise<void> {
    await this.present;
    this.count++;
    this.isBad = true;
    if (trouble.store) this.storeTroubleUntilMs = Infinity;
    await trouble.begin(this.cluster);
    this.present = this.passes(trouble, lengthMs);
    this.present.catch(() => undefined); // whoever waits for it hears of it
  }

  /** Resolves when nothing is wrong any more; rejects where a part did not come back. */
  clear(): Promise<void> {
    return this.present;
  }

  /** Whether MongoDB is in trouble, or was a moment ago. */
  get hadStoreTrouble(): boolean {
    return performance.now() < this.storeTroubleUntilMs;
  }

  private async passes(trouble: Trouble, lengthMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, lengthMs));
    await trouble.end(this.cluster);
    this.isBad = false;
    if (trouble.store) this.storeTroubleUntilMs = performance.now() + afterStoreMs;
  }
}
