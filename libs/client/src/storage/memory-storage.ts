import type { ClientStorage } from './storage.js';

/** Keeps things as long as this object lives: they survive lost connections, not a reload. */
export class MemoryStorage implements ClientStorage {
  private readonly values = new Map<string, unknown>();

  load(): Promise<ReadonlyMap<string, unknown>> {
    return Promise.resolve(new Map(this.values));
  }

  put(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }

  remove(key: string): Promise<void> {
    this.values.delete(key);
    return Promise.resolve();
  }
}
