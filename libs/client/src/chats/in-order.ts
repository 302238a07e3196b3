/**
 * Entries of a log, given out in the order of their places 1, 2, 3 …, whatever the order in which they come. What comes
 * twice is dropped, what comes too early waits.
 */
export class InOrder<Entry> {
  private reached = 0;
  private readonly early = new Map<number, Entry>();

  /** The last place before which nothing is missing. */
  get position(): number {
    return this.reached;
  }

  add(place: number, entry: Entry): void {
    if (place > this.reached) this.early.set(place, entry);
  }

  /** Begins after that place, wherever it was before. */
  begin(position: number): void {
    this.reached = position;
    for (const place of this.early.keys()) if (place <= position) this.early.delete(place);
  }

  /**
   * The entries whose turn has come.
   *
   * @param completeTo all there is up to this place has been added: a place before it that is empty is passed over
   */
  *ready(completeTo = 0): Generator<Entry> {
    for (const [place, entry] of [...this.early].sort(([one], [other]) => one - other)) {
      if (place > Math.max(this.reached, completeTo) + 1) break;
      this.early.delete(place);
      this.reached = place;
      yield entry;
    }
    this.reached = Math.max(this.reached, completeTo);
  }
}
