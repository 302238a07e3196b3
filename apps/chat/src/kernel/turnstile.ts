import { systemClock } from './clock.js';
import type { Clock } from './clock.js';
import { Repeats } from './repeats.js';

/** What was asked for under one key and is not over yet. */
interface Queue {
  last: Promise<unknown> | undefined;
  open: number;
  /** Those up to this one fail with `failure`, unless they have begun. */
  failedUpTo: number;
  failure?: unknown;
}

/**
 * Lets preparations overlap, and what follows them begin in the order in which they were asked for. Where one fails for a reason
 * that is not its own, those that were asked for by then and have not begun fail with it: the one that is repeated would come
 * behind them. So do those that come before it is repeated, if it has a name: they may have been on their way already.
 */
export class Turnstile {
  private readonly queues = new Map<string, Queue>();
  private readonly repeats: Repeats;
  private asked = 0;

  /** @param isItsOwn whether a failure says nothing of those behind it; left out where none does */
  constructor(
    private readonly isItsOwn: (failure: unknown) => boolean = () => true,
    clock: Clock = systemClock,
  ) {
    this.repeats = new Repeats(clock);
  }

  /**
   * Runs `prepare` at once, and `begin` with its result after everything asked for earlier under the same key has begun
   * or failed. Gives what `begin` gives; its end is not waited for by others.
   *
   * @param name by which it is known when it is repeated
   */
  async pass<Prepared, Result>(
    key: string,
    prepare: () => Promise<Prepared>,
    begin: (prepared: Prepared) => Promise<Result>,
    name?: string,
  ): Promise<Result> {
    const queue = this.queues.get(key) ?? { last: undefined, open: 0, failedUpTo: 0 };
    this.queues.set(key, queue);
    queue.open++;
    const number = ++this.asked;
    const { place = number, before } = this.repeats.find(key, name);
    if (!before) this.repeats.take(key, name);
    const turn = this.turn(queue, number, before ? Promise.reject(before.failure) : prepare(), begin, (failure) => {
      if (this.isItsOwn(failure)) return;
      Object.assign(queue, { failedUpTo: this.asked, failure });
      if (name !== undefined) this.repeats.add(key, { name, place, failure }, before === undefined);
    });
    queue.last = turn;
    try {
      return await (
        await turn
      ).result;
    } finally {
      if (--queue.open === 0) this.queues.delete(key);
    }
  }

  /** In an object, so that the turn ends when the work has begun. */
  private async turn<Prepared, Result>(
    queue: Queue,
    number: number,
    preparing: Promise<Prepared>,
    begin: (prepared: Prepared) => Promise<Result>,
    failed: (failure: unknown) => void,
  ): Promise<{ readonly result: Promise<Result> }> {
    const earlier = queue.last;
    if (earlier) await Promise.allSettled([earlier, preparing]);
    const begun = preparing.then((prepared) => {
      if (number <= queue.failedUpTo) throw queue.failure;
      return { result: begin(prepared) };
    });
    // Noted at once: who waits for this turn looks when it is over.
    begun.then(({ result }) => result.catch(failed), failed);
    return begun;
  }
}
