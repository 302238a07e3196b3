import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For a whole run: a folder in which the first cluster leaves a migrated store, for all later ones to begin with a copy. */
export default function makeStoreFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'roost-store-'));
  process.env['TEST_STORE'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
