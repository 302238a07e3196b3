/** What the newest of the values counts, beside all before it. */
const weight = 0.2;

/** The average of the last few values: each counts less than the one after it. */
export class RecentAverage {
  private average: number | undefined;

  /** Undefined before the first value. */
  get value(): number | undefined {
    return this.average;
  }

  add(value: number): void {
    this.average = this.average === undefined ? value : this.average + weight * (value - this.average);
  }

  forget(): void {
    this.average = undefined;
  }
}
