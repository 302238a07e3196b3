import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backup } from 'node:sqlite';
import type { Store } from './store.js';

/** In the folder of the data. It is there once it is whole. */
export const BACKUP_FILE = 'backup.sqlite';
/** Why there is none. */
export const BACKUP_FAILURE_FILE = 'backup.failed';

/** Pages copied before commands have their turn again: some 4 MB. */
const PAGES_AT_ONCE = 1000;

/**
 * Copies everything stored into one file, as it is at one moment between two commits, while commands go on. What was acknowledged
 * before is in it. On a thread of its own; a write of this process meanwhile is written to the copy as well.
 */
export async function backUp({ db }: Store, dir: string): Promise<void> {
  const unfinished = join(dir, `${BACKUP_FILE}.unfinished`);
  rmSync(unfinished, { force: true });
  await backup(db, unfinished, { rate: PAGES_AT_ONCE });
  renameSync(unfinished, join(dir, BACKUP_FILE));
}
