/** Lets preparations overlap, and what follows them begin in the order in which they were asked for. */
export class Turnstile {
  private readonly last = new Map<string, Promise<unknown>>();

  /**
   * Runs `prepare` at once, and `begin` with its result after everything asked for earlier under the same key has begun
   * or failed. Gives what `begin` gives; its end is not waited for by others.
   */
  async pass<Prepared, Result>(
    key: string,
    prepare: () => Promise<Prepared>,
    begin: (prepared: Prepared) => Promise<Result>,
  ): Promise<Result> {
    const turn = this.turn(this.last.get(key), prepare(), begin);
    this.last.set(key, turn);
    try {
      return await (
        await turn
      ).result;
    } finally {
      if (this.last.get(key) === turn) this.last.delete(key);
    }
  }

  /** In an object, so that the turn ends when the work has begun. */
  private async turn<Prepared, Result>(
    earlier: Promise<unknown> | undefined,
    preparing: Promise<Prepared>,
    begin: (prepared: Prepared) => Promise<Result>,
  ): Promise<{ readonly result: Promise<Result> }> {
    if (earlier) await Promise.allSettled([earlier, preparing]);
    return { result: begin(await preparing) };
  }
}
