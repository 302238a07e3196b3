import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BACKUP_FILE, backUp } from './backup.js';
import { Store } from './store.js';

it('waits for the end of a transaction that is open when it begins, and has what that wrote', async ({
  onTestFinished,
}) => {
  const dir = mkdtempSync(join(tmpdir(), 'backup-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const store = Store.open(dir);
  onTestFinished(() => store.close());
  store.begin();
  store.create('roost', 'users');
  const done = backUp(store, dir);
  await delay(50);
  store.commit();
  await done;
  const copy = new DatabaseSync(join(dir, BACKUP_FILE), { readOnly: true });
  onTestFinished(() => copy.close());
  expect(copy.prepare('SELECT db, name FROM collections').all()).toMatchObject([{ db: 'roost', name: 'users' }]);
});
