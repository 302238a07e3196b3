/** Whether nothing was said since that makes this piece of work outdated. */
export type IsCurrent = () => boolean;

/**
 * One piece of work per key at a time: who asks meanwhile gets the same answer. Saves reads when many ask at once, and
 * those who ask go on in the order in which they came.
 */
export class SingleFlight<Result> {
  private readonly flights = new Map<string, Promise<Result>>();

  run(key: string, work: (isCurrent: IsCurrent) => Promise<Result>): Promise<Result> {
    const present = this.flights.get(key);
    if (present) return present;
    const isCurrent = () => this.flights.get(key) === flight;
    const flight: Promise<Result> = work(isCurrent).finally(() => {
      if (isCurrent()) this.flights.delete(key);
    });
    this.flights.set(key, flight);
    return flight;
  }

  /** What is under way for this key may be outdated: who asks from now on starts anew. */
  forget(key: string): void {
    this.flights.delete(key);
  }
}
