/**
 * Things that are due at some moment, to the second: an entry in a bucket each and no timer. However many things there
 * are, a look costs the number of different seconds, and these are as many as an access token lives.
 */
export class Deadlines<T> {
  private readonly buckets = new Map<number, Set<T>>();
  private readonly seconds = new Map<T, number>();

  get size(): number {
    return this.seconds.size;
  }

  /** Makes `thing` due at a moment, never before it; what was said of it earlier no longer holds. */
  set(thing: T, atMs: number): void {
    this.delete(thing);
    const second = Math.ceil(atMs / 1000);
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
    const dueSeconds = Array.from(this.buckets.keys()).filter((second) => second * 1000 <= nowMs);
    return dueSeconds
      .toSorted((a, b) => a - b)
      .flatMap((second) => {
        const things = Array.from(this.buckets.get(second) ?? []);
        this.buckets.delete(second);
        for (const thing of things) this.seconds.delete(thing);
        return things;
      });
  }
}
