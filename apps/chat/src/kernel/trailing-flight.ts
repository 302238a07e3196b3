/**
 * A single flight that begins after the last who shares it has asked: who asks while a read is on its way shares the next one
 * with all who do so. Nobody is answered with what was true before they asked, as they may be by `SingleFlight`.
 */
export class TrailingFlight<Result> {
  private readonly running = new Map<string, Promise<unknown>>();
  private readonly next = new Map<string, Promise<Result>>();

  /** Reads made so far, shared ones once. */
  reads = 0;

  get(key: string, read: () => Promise<Result>): Promise<Result> {
    const waiting = this.next.get(key);
    if (waiting) return waiting;
    const current = this.running.get(key);
    if (!current) return this.begin(key, read);
    const next = current.then(() => {
      this.next.delete(key);
      return this.begin(key, read);
    });
    this.next.set(key, next);
    return next;
  }

  /** Ends when the read does, however it does: who asked for it hears of its failure. */
  private async ended(key: string, result: Promise<Result>): Promise<void> {
    await Promise.allSettled([result]);
    if (!this.next.has(key)) this.running.delete(key);
  }

  private begin(key: string, read: () => Promise<Result>): Promise<Result> {
    this.reads++;
    const result = read();
    this.running.set(key, this.ended(key, result));
    return result;
  }
}
