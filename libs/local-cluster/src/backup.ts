import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { reasonOf } from './errors.js';
import type { Part } from './part.js';
import { waitUntil } from './wait-until.js';

/** What the embedded server writes where it gets SIGUSR2: libs/embedded-mongo/src/storage/backup.ts. */
const [whole, failed] = ['backup.sqlite', 'backup.failed'];
const storeFile = 'embedded-mongo.sqlite';
const backupTimeoutMs = 600_000;

/** What somebody took for a backup is none, or cannot be written or read; in words for that person. */
export class BackupRefused extends Error {}

/**
 * Copies what a running embedded store holds to `file`, as it is at one moment.
 *
 * @param dir as in `StoreOptions`
 * @returns its size in bytes
 */
export async function backUpStore(part: Part, dir: string, file: string): Promise<number> {
  if (existsSync(file)) throw new BackupRefused(`${file} is there already`);
  const at = (name: string) => join(dir, 'embedded', name);
  for (const name of [whole, failed]) rmSync(at(name), { force: true });
  part.signal('SIGUSR2');
  const done = await waitUntil(async () => {
    if (existsSync(at(failed)))
      throw new BackupRefused(`the store could not be copied: ${readFileSync(at(failed), 'utf8')}`);
    if (part.state !== 'ready') throw new BackupRefused('the store ended meanwhile');
    return existsSync(at(whole)) || 'it is not copied yet';
  }, backupTimeoutMs);
  if (done !== true) throw new BackupRefused(`the store was not copied within ${backupTimeoutMs / 60_000} minutes`);
  try {
    moveTo(at(whole), file);
  } catch (error) {
    throw new BackupRefused(`the backup cannot be written: ${reasonOf(error)}`, { cause: error });
  } finally {
    rmSync(at(whole), { force: true });
  }
  return statSync(file).size;
}

/** The name is there once everything is on the disk; also to another disk. Nobody but this user may read it. */
function moveTo(from: string, to: string): void {
  const unfinished = `${to}.unfinished`;
  copyFileSync(from, unfinished);
  const file = openSync(unfinished, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(unfinished, to);
}

/**
 * Puts a backup in the place of what the embedded store holds, which does not run.
 *
 * @returns how to undo that, and where what was there before is now
 */
export function putBack(dir: string, file: string): { before: string; undo: () => void } {
  refuseUnlessBackup(file);
  const [folder, before] = [join(dir, 'embedded'), join(dir, 'embedded.before-restore')];
  rmSync(before, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  renameSync(folder, before);
  const undo = (): void => {
    rmSync(folder, { recursive: true, force: true });
    renameSync(before, folder);
  };
  try {
    mkdirSync(folder);
    moveTo(file, join(folder, storeFile));
  } catch (error) {
    undo();
    throw error;
  }
  return { before, undo };
}

function refuseUnlessBackup(file: string): void {
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      const [check] = db.prepare('PRAGMA quick_check(1)').all();
      if (check?.['quick_check'] !== 'ok') throw new Error(`it is damaged: ${String(check?.['quick_check'])}`);
      db.prepare('SELECT id FROM collections').get();
    } finally {
      db.close();
    }
  } catch (error) {
    throw new BackupRefused(`${file} is no backup of an embedded store: ${reasonOf(error)}`, { cause: error });
  }
}
