/** What a value weighs in an answer: its bytes as JSON in UTF-8. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

/** The bytes that an answer may have. What comes first fits in any case, however large: whoever asks on gets on. */
export class AnswerRoom {
  private left: number;
  private taken = 0;
  /** Bytes of what was taken. */
  private sum = 0;

  constructor(bytesMax: number) {
    this.left = bytesMax;
  }

  /** Takes so many bytes for an entry; false, and nothing is taken, where they do not fit. From then on nothing does. */
  take(bytes: number): boolean {
    if (this.isFull || (this.taken > 0 && bytes > this.left)) {
      this.left = 0;
      return false;
    }
    this.left -= bytes;
    this.taken++;
    this.sum += bytes;
    return true;
  }

  /** Room for what has to be said in any case. */
  reserve(bytes: number): void {
    this.left -= bytes;
  }

  get isEmpty(): boolean {
    return this.taken === 0;
  }

  get isFull(): boolean {
    return this.taken > 0 && this.left <= 0;
  }

  /** How many more entries may fit, if they are like those before. */
  get entriesLeft(): number {
    return this.isEmpty ? 1 : Math.max(1, Math.floor(this.left / (this.sum / this.taken)));
  }
}

/** As many of the first items as fit, and one in any case. */
export function fittingIn<Item>(
  bytesMax: number,
  items: readonly Item[],
  shown: (item: Item) => unknown = (item) => item,
): readonly Item[] {
  const room = new AnswerRoom(bytesMax);
  const end = items.findIndex((item) => !room.take(bytesOf(shown(item)) + 1));
  return end < 0 ? items : items.slice(0, end);
}
