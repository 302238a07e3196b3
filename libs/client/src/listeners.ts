/** Who wants to be told of something. */
export class Listeners<Value> {
  private readonly all = new Set<(value: Value) => void>();

  /** Gives the function that ends it. */
  add(listener: (value: Value) => void): () => void {
    // A function given twice is two listeners: each ends its own.
    const own = (value: Value) => listener(value);
    this.all.add(own);
    return () => {
      this.all.delete(own);
    };
  }

  /** A listener that throws is an uncaught error of the application; it keeps nobody else from being told. */
  tell(value: Value): void {
    for (const listener of Array.from(this.all)) {
      // One that was removed by another one of this turn is not told any more.
      if (!this.all.has(listener)) continue;
      try {
        listener(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
