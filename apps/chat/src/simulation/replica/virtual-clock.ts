import type { Random } from '../../../../../libs/testing/src/random.js';
import { Clock } from '../../kernel/clock.js';
import type { Scheduler } from '../scheduler.js';
import type { Life } from './life.js';

/** The clock of one replica, which stands still and dies with it. Replicas' clocks differ. */
export class VirtualClock extends Clock {
  private readonly skewMs: number;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly life: Life,
    private readonly random: Random,
  ) {
    super();
    this.skewMs = random.below(2_000);
  }

  override nowMs(): number {
    return startMs + this.scheduler.nowMs + this.skewMs;
  }

  override every(where: string, intervalMs: number, work: () => unknown): () => void {
    let isOff = false;
    const tick = () => {
      if (isOff || this.life.isDead) return;
      this.life.act(where, work);
      this.scheduler.after(intervalMs, tick);
    };
    this.scheduler.after(intervalMs, tick);
    return () => {
      isOff = true;
    };
  }

  override after(where: string, delayMs: number, work: () => unknown): () => void {
    return this.scheduler.after(delayMs, () => this.life.act(where, work));
  }

  /** A turn takes a while: other things of the replica happen before it ends. */
  override atEndOfTurn(where: string, work: () => unknown): void {
    this.after(where, this.random.next() * 0.5, work);
  }

  override pauseUpTo(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after('pause', this.random.next() * ms, resolve);
    });
  }
}

const startMs = Date.UTC(2030, 0, 1);
