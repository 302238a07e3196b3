import type { Draft, DraftStore } from '../outbox/draft.js';

const storeName = 'drafts';

/**
 * Drafts in the browser's IndexedDB: they survive reloads and the end of the browser. Several tabs may use the same; the
 * one that sends a draft twice because of it does no harm.
 */
export class IndexedDbDrafts implements DraftStore {
  private database: Promise<IDBDatabase> | undefined;

  /** @param name of the database; one for each person, for example `roost-drafts-<userId>` */
  constructor(private readonly name: string) {}

  async load(): Promise<readonly Draft[]> {
    return this.run('readonly', (store) => store.getAll() as IDBRequest<Draft[]>);
  }

  async put(draft: Draft): Promise<void> {
    await this.run('readwrite', (store) => store.put(draft, draft.request.clientMessageId));
  }

  async remove(clientMessageId: string): Promise<void> {
    await this.run('readwrite', (store) => store.delete(clientMessageId));
  }

  /** Resolves when the transaction is done: a request that succeeded may still be undone with it. */
  private async run<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await this.open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(storeName, mode);
      const request = ask(transaction.objectStore(storeName));
      transaction.addEventListener('complete', () => resolve(request.result));
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
