/** Larger values are not worth a place that has 5 MB for the whole site. */
const charsMax = 50_000;

/**
 * What is on its way to IndexedDB, in `localStorage`, which writes before it returns: a page that is left within the
 * milliseconds that IndexedDB takes finds it at its next start. Where the browser has no room for it, or no right, nothing is kept.
 */
export class WriteAhead {
  private readonly prefix: string;

  constructor(name: string) {
    this.prefix = `${name}/`;
  }

  load(): ReadonlyMap<string, unknown> {
    const values = new Map<string, unknown>();
    this.attempt((storage) => {
      for (const name of Object.keys(storage)) {
        const text = name.startsWith(this.prefix) ? storage.getItem(name) : null;
        if (text !== null) values.set(name.slice(this.prefix.length), JSON.parse(text));
      }
    });
    return values;
  }

  put(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    // Where this one has no room, the one before is not to come back.
    this.remove(key);
    if (text.length <= charsMax) this.attempt((storage) => storage.setItem(this.prefix + key, text));
  }

  /** It is in IndexedDB now, unless a newer value of it is on its way. */
  done(key: string, value: unknown): void {
    this.attempt((storage) => {
      if (storage.getItem(this.prefix + key) === JSON.stringify(value)) storage.removeItem(this.prefix + key);
    });
  }

  remove(key: string): void {
    this.attempt((storage) => storage.removeItem(this.prefix + key));
  }

  private attempt(work: (storage: Storage) => void): void {
    try {
      work(localStorage);
    } catch (error) {
      // A help only: without it, what was typed in the last milliseconds may be gone.
      console.debug('@roost/client:', error);
    }
  }
}
