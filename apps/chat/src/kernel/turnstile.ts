/** What was asked for under one key and is not over yet. */
interface Queue {
  last: Promise<unknown> | undefined;
  open: number;
  asked: number;
  /** Those up to this one fail with `failure`, unless they have begun. */
  failedUpTo: number;
  failure?: unknown;
}

/**
 * Lets preparations overlap, and what follows them begin in the order in which they were asked for. Where one fails for a reason
 * that is not its own, those that were asked for by then and have not begun fail with it: the one that is repeated would come
 * behind them.
 */
export class Turnstile {
  private readonly queues = new Map<string, Queue>();

  /** @param isItsOwn whether a failure says nothing of those behind it; left out where none does */
  constructor(private readonly isItsOwn: (failure: unknown) => boolean = () => true) {}

  /**
   * Runs `prepare` at once, and `begin` with its result after everything asked for earlier under the same key has begun
   * or failed. Gives what `begin` gives; its end is not waited for by others.
   */
  async pass<Prepared, Result>(
    key: string,
    prepare: () => Promise<Prepared>,
    begin: (prepared: Prepared) => Promise<Result>,
  ): Promise<Result> {
    const queue = this.queues.get(key) ?? { last: undefined, open: 0, asked: 0, failedUpTo: 0 };
    this.queues.set(key, queue);
    queue.open++;
    const turn = this.turn(queue, prepare(), begin);
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
    preparing: Promise<Prepared>,
    begin: (prepared: Prepared) => Promise<Result>,
  ): Promise<{ readonly result: Promise<Result> }> {
    const number = ++queue.asked;
    const earlier = queue.last;
    if (earlier) await Promise.allSettled([earlier, preparing]);
    const begun = preparing.then((prepared) => {
      if (number <= queue.failedUpTo) throw queue.failure;
      return { result: begin(prepared) };
    });
    // Noted at once: who waits for this turn looks when it is over.
    const failed = (failure: unknown) => this.note(queue, failure);
    begun.then(({ result }) => result.catch(failed), failed);
    return begun;
  }

  private note(queue: Queue, failure: unknown): void {
    if (!this.isItsOwn(failure)) Object.assign(queue, { failedUpTo: queue.asked, failure });
  }
}
