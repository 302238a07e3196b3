import type { Cluster } from '../cluster.js';
import type { Random } from '../random.js';
import { troubles } from './troubles.js';
import type { MakeTrouble, Trouble } from './troubles.js';

/** How long troubles last. */
const lengthsMs = [200, 600, 1_500, 3_000] as const;
/** Calls that began before a trouble of MongoDB ended may fail this much later. */
const afterStoreMs = 6_000;

/** The troubles of a cluster, one at a time; each kind comes up before any comes twice. */
export class Weather {
  /** How many there were. */
  count = 0;
  private deck: MakeTrouble[] = [];
  private present: Promise<void> = Promise.resolve();
  private storeTroubleUntilMs = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly random: Random,
  ) {}

  /** Waits until the present trouble is over, then lets the next one begin. Gives what it is. */
  async next(): Promise<string | undefined> {
    await this.present;
    if (this.deck.length === 0) this.deck = this.random.shuffled(troubles);
    const trouble = this.deck.pop()?.(this.cluster, this.random);
    if (!trouble) return undefined;
    const lengthMs = this.random.pick(lengthsMs);
    this.count++;
    if (trouble.store) this.storeTroubleUntilMs = Infinity;
    await trouble.begin();
    this.present = this.passes(trouble, lengthMs);
    this.present.catch(() => undefined); // whoever waits for it hears of it
    return `${trouble.what} for ${lengthMs} ms`;
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
    await trouble.end();
    if (trouble.store) this.storeTroubleUntilMs = performance.now() + afterStoreMs;
  }
}
