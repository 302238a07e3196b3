import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startStore } from '@roost/local-cluster';
import type { Store } from '@roost/local-cluster';

export interface MigratedStoreOptions {
  /** Folder of its own. */
  readonly dir: string;
  /** A quota, for which the store is the embedded one. */
  readonly maxBytes: number | undefined;
  /** Brings the database at this address to what replicas need. */
  readonly migrate: (databaseUri: string) => Promise<void>;
}

export interface MigratedStore {
  readonly store: Store;
  /** A database that is empty but for what the migration made. */
  readonly databaseUri: string;
}

/** The same in every copy, each of which is a server of its own. */
const preparedDatabase = 'roost_test';

/**
 * Starts a store with a migrated database. A migration takes half as long as the start of a replica, so where `TEST_STORE`
 * names a folder the first cluster leaves a migrated store there, and all begin with a copy of it.
 */
export async function startMigratedStore(options: MigratedStoreOptions): Promise<MigratedStore> {
  const { dir, maxBytes, migrate } = options;
  const prepared = await preparedData(options);
  if (prepared !== undefined) {
    cpSync(prepared, dir, { recursive: true });
    const store = await startStore({ dir, maxBytes });
    return { store, databaseUri: store.databaseUri(preparedDatabase) };
  }
  const store = await startStore({ dir, maxBytes });
  const databaseUri = store.databaseUri(`roost_test_${randomBytes(6).toString('hex')}`);
  try {
    await migrate(databaseUri);
  } catch (error) {
    await store.part?.stop();
    throw error;
  }
  return { store, databaseUri };
}

/** The data of a stopped store with a migrated database; undefined where each cluster migrates its own. */
async function preparedData({ maxBytes, migrate }: MigratedStoreOptions): Promise<string | undefined> {
  const folder = process.env['TEST_STORE'];
  if (folder === undefined || (process.env['MONGODB_URI'] && maxBytes === undefined)) return undefined;
  const data = join(folder, maxBytes === undefined ? 'usual' : 'embedded');
  if (existsSync(data)) return data;
  const making = mkdtempSync(join(folder, 'making-'));
  const store = await startStore({ dir: join(making, 'data'), logDir: making, maxBytes });
  try {
    await migrate(store.databaseUri(preparedDatabase));
  } finally {
    await store.part?.stop();
  }
  try {
    renameSync(join(making, 'data'), data);
  } catch (error) {
    if (!existsSync(data)) throw error; // else another process was quicker, and its copy is as good
  }
  rmSync(making, { recursive: true });
  return data;
}
