import { migrate, putBack, startStore, storeChoice } from '@roost/local-cluster';
import { mkdirSync } from 'node:fs';
import { type DataFolder, openDataFolder } from '../data-folder.js';
import type { Say } from '../progress.js';
import { Refused } from '../refused.js';
import { replicaEnv } from '../replica-env.js';

/** Puts a backup in the place of the store of a cluster that does not run. Where that fails, all is as it was. */
export async function restore(root: string, file: string, say: Say): Promise<boolean> {
  if (storeChoice().kind !== 'embedded') {
    throw new Refused(
      'restore is for the embedded store, and npm start would use MongoDB here: deploy/README.md has its way',
    );
  }
  const data = openDataFolder(root, false);
  try {
    const { before, undo } = putBack(data.store, file);
    try {
      await beginAnew(data);
    } catch (error) {
      undo();
      throw error;
    }
    say(`${file} is the store of ${root} now; what was there before is in ${before}`);
    say('Messages that were written after the backup are gone. Clients begin their chats anew when they connect.');
    return true;
  } finally {
    data.release();
  }
}

/** Brings what was put back to what this build needs, and has no client take itself to be complete. */
async function beginAnew(data: DataFolder): Promise<void> {
  mkdirSync(data.logs, { recursive: true });
  const store = await startStore({ dir: data.store, logDir: data.logs, only: 'embedded' });
  try {
    // Redis is not asked for anything.
    const surroundings = { store, redis: { url: 'redis://127.0.0.1' }, port: 8080, jwtSecret: data.jwtSecret };
    await migrate({ dir: data.logs, env: replicaEnv(surroundings), restored: true });
  } finally {
    await store.part?.stop();
  }
}
