import type { ClientStorage } from '../storage/storage.js';
import { WriteAhead } from './write-ahead.js';

const storeName = 'values';

type Ask = (store: IDBObjectStore) => readonly IDBRequest[];

/**
 * The browser's IndexedDB: what is in it survives reloads and the end of the browser. Several tabs may use the same: each
 * sends what was written in it.
 */
export class IndexedDbStorage implements ClientStorage {
  private database: Promise<IDBDatabase> | undefined;
  private readonly ahead: WriteAhead;

  /** @param name of the database; one for each person, for example `roost-<userId>` */
  constructor(private readonly name: string) {
    this.ahead = new WriteAhead(name);
  }

  async load(): Promise<ReadonlyMap<string, unknown>> {
    const [keys, values] = await this.run('readonly', (store) => [store.getAllKeys(), store.getAll()]);
    const kept = (keys as readonly string[]).map((key, index) => [key, (values as readonly unknown[])[index]] as const);
    return new Map([...kept, ...this.ahead.load()]);
  }

  /** Here at once, also where the page is left before the browser has done it. */
  async put(key: string, value: unknown): Promise<void> {
    this.ahead.put(key, value);
    await this.run('readwrite', (store) => [store.put(value, key)]);
    this.ahead.done(key, value);
  }

  async remove(key: string): Promise<void> {
    this.ahead.remove(key);
    await this.run('readwrite', (store) => [store.delete(key)]);
  }

  /** Once more with a new connection where this one ended: Safari ends those of pages in the background. */
  private async run(mode: IDBTransactionMode, ask: Ask): Promise<readonly unknown[]> {
    try {
      return await this.once(mode, ask);
    } catch {
      this.database = undefined;
      return this.once(mode, ask);
    }
  }

  /** Resolves when the transaction is done: a request that succeeded may still be undone with it. */
  private async once(mode: IDBTransactionMode, ask: Ask): Promise<readonly unknown[]> {
    const database = await this.open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(storeName, mode);
      const requests = ask(transaction.objectStore(storeName));
      transaction.addEventListener('complete', () => resolve(requests.map(({ result }) => result as unknown)));
      transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('IndexedDB aborted')));
    });
  }

  private open(): Promise<IDBDatabase> {
    this.database ??= openDatabase(this.name, () => (this.database = undefined)).catch((error: unknown) => {
      this.database = undefined;
      throw error;
    });
    return this.database;
  }
}

function openDatabase(name: string, closed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(storeName));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB could not be opened')));
    request.addEventListener('success', () => {
      const database = request.result;
      // The browser closes it when its data is cleared: the next use opens it again.
      database.addEventListener('close', closed);
      database.addEventListener('versionchange', () => {
        database.close();
        closed();
      });
      resolve(database);
    });
  });
}
