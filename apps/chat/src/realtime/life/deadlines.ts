/**
 * Things that are due at some moment, to the second: an entry in a bucket each, no timer. Ten thousand of them cost one
 * look a second at the bucket of that second.
 */
export class Deadlines<T> {
  private readonly buckets = new Map<number, Set<T>>();
  private readonly seconds = new Map<T, number>();
  /** The last second that was taken; a deadline before it goes to the next one. */
  private takenSecond: number;

  constructor(nowMs: number) {
    this.takenSecond = Math.floor(nowMs / 1000);
  }

  get size(): number {
    return this.seconds.size;
  }

  /** Makes `thing` due at a moment and not before it; what was said of it earlier no longer holds. */
  set(thing: T, atMs: number): void {
    this.delete(thing);
    const second = Math.max(Math.ceil(atMs / 1000), this.takenSecond + 1);
    const bucket = this.buckets.get(second);
    if (bucket) bucket.add(thing);
    else this.buckets.set(second, new Set([thing]));
    this.seconds.set(thing, second);
  }

  delete(thing: T): void {
    const second = this.seconds.get(thing);
    if (second === undefined) return;
    this.seconds.delete(thing);
    const bucket = this.buckets.get(second);
    bucket?.delete(thing);
    if (bucket?.size === 0) this.buckets.delete(second);
  }

  /** Gives, once, everything that is due by now, earliest first. */
  takeDue(nowMs: number): T[] {
    const due: T[] = [];
    const until = Math.floor(nowMs / 1000);
    // A machine that slept has many empty seconds behind it: then there are fewer buckets than seconds.
    const seconds = Array.from(this.buckets.keys()).length < until - this.takenSecond ? this.pastBuckets(until) : undefined;
    for (const second of seconds ?? this.secondsUntil(until)) {
      for (const thing of this.buckets.get(second) ?? []) {
        this.seconds.delete(thing);
        due.push(thing);
      }
      this.buckets.delete(second);
    }
    this.takenSecond = Math.max(this.takenSecond, until);
    return due;
  }
}
