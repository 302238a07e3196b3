import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { SetupError } from './say.mjs';

/** What set-up and a cluster write anew each time, of each folder that one of them makes. */
const written = ['node_modules', 'node_modules/.package-lock.json', 'dist', 'dist/.cache/sources.sha256', '.data'];

/** Fails where an earlier `sudo npm …` left files that this user may not change. */
export function requireOwnFiles() {
  const user = process.getuid?.();
  if (user === undefined || user === 0) return;
  const foreign = written.filter((name) => (ownerOf(join(root, name)) ?? user) !== user);
  if (foreign.length === 0) return;
  const folders = [...new Set(foreign.map((name) => name.split('/')[0]))]
    .map((name) => `'${join(root, name)}'`)
    .join(' ');
  throw new SetupError(
    `${foreign.join(', ')}: not yours to change, most likely since something was run here with sudo.\n` +
      `Give it back to yourself, then try again:\n  sudo chown -R ${user} ${folders}`,
  );
}

/** @param {string} path */
function ownerOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.uid;
}
