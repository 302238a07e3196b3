import type { ClientStorage } from './storage.js';

/** Removes all that is kept under keys that begin so, what an earlier run or another tab has left too. */
export async function removeKept(storage: ClientStorage, prefix: string): Promise<void> {
  const keys = [...(await storage.load()).keys()].filter((key) => key.startsWith(prefix));
  await Promise.all(keys.map((key) => storage.remove(key)));
}
