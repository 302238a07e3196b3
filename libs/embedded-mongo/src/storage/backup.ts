import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backup } from 'node:sqlite';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from './store.js';

/** In the folder of the data. It is there once it is whole. */
export const BACKUP_FILE = 'backup.sqlite';
/** Why there is none. */
export const BACKUP_FAILURE_FILE = 'backup.failed';

/** Pages copied before commands have their turn again: some 4 MB. */
const PAGES_AT_ONCE = 1000;
const TRY_AGAIN_MS = 5;
const SQLITE_OK = 0;

/**
 * Copies everything stored into one file, as it is at one moment between two commits, while commands go on. What was acknowledged
 * before is in it. On a thread of its own; a write of this process meanwhile is written to the copy as well.
 */
export async function backUp({ db }: Store, dir: string): Promise<void> {
  const unfinished = join(dir, `${BACKUP_FILE}.unfinished`);
  rmSync(unfinished, { force: true });
  while (!(await copy(db, unfinished))) await delay(TRY_AGAIN_MS);
  renameSync(unfinished, join(dir, BACKUP_FILE));
}

/** False where it began within a transaction: SQLite copies nothing then, and Node says "not an error". */
async function copy(db: DatabaseSync, file: string): Promise<boolean> {
  try {
    await backup(db, file, { rate: PAGES_AT_ONCE });
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_OK) return false;
    throw error;
  }
}
