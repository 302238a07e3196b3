/**
 * Which places of a chat's history one socket has got. Counting would not do: a lost message and a doubled one would
 * cancel each other out.
 */
export class Received {
  /** All places from the first on up to this one are there. */
  private upTo: number;
  /** There are many of these; most never get anything out of order. */
  private beyond: Set<number> | undefined;
  /** Messages that came although they were there already. */
  doubled = 0;

  /** @param before the last place taken before this socket listened */
  constructor(before: number) {
    this.upTo = before;
  }

  add(seq: number): void {
    if (seq === this.upTo + 1) {
      this.upTo = seq;
      while (this.beyond?.delete(this.upTo + 1)) this.upTo++;
    } else if (seq <= this.upTo || this.beyond?.has(seq)) {
      this.doubled++;
    } else {
      (this.beyond ??= new Set()).add(seq);
    }
  }

  /** The highest place seen. */
  get highest(): number {
    return this.beyond ? Math.max(this.upTo, ...this.beyond) : this.upTo;
  }

  /** Places up to `last` that are missing. */
  missing(last: number): number {
    let there = 0;
    for (const seq of this.beyond ?? []) if (seq <= last) there++;
    return Math.max(0, last - this.upTo - there);
  }
}
