/**
 * One piece of work per key at a time: who asks meanwhile gets the same answer. Saves reads when many ask at once, and
 * those who ask go on in the order in which they came.
 */
export class SingleFlight<Result> {
  private readonly flights = new Map<string, Promise<Result>>();

  run(key: string, work: () => Promise<Result>): Promise<Result> {
    const present = this.flights.get(key);
    if (present) return present;
    const flight = work().finally(() => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    });
    this.flights.set(key, flight);
    return flight;
  }

  /** What is under way may be outdated: who asks from now on starts anew. */
  forget(): void {
    this.flights.clear();
  }
}
