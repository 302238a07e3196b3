import type { Clock } from '../time.js';

interface Waiter<Thing> {
  readonly resolve: (thing: Thing) => void;
  readonly fail: () => void;
}

/** Those who wait for something that is not there yet, in the order in which they came. */
export class Waiting<Thing> {
  private readonly waiters = new Set<Waiter<Thing>>();

  constructor(private readonly clock: Clock) {}

  /** Rejects with `tooLate()` after `timeoutMs`, and when `fail` is called before it is there. */
  next(timeoutMs: number, tooLate: () => Error): Promise<Thing> {
    return new Promise((resolve, reject) => {
      const settled = () => {
        cancel();
        this.waiters.delete(waiter);
      };
      const waiter: Waiter<Thing> = {
        resolve: (thing) => {
          settled();
          resolve(thing);
        },
        fail: () => {
          settled();
          reject(tooLate());
        },
      };
      const cancel = this.clock.after(timeoutMs, waiter.fail);
      this.waiters.add(waiter);
    });
  }

  all(thing: Thing): void {
    for (const { resolve } of this.waiters) resolve(thing);
  }

  fail(): void {
    for (const { fail } of this.waiters) fail();
  }
}
