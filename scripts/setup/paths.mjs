import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's own folder. */
export const root = realpathSync(fileURLToPath(new URL('../..', import.meta.url)));
export const nodeModules = join(root, 'node_modules');
/** The programs that `npm ci` brings, Node 24 among them. */
export const localBin = join(nodeModules, '.bin');

/** Where Debian and Homebrew keep servers that an ordinary user's PATH may lack. */
const serverFolders = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/opt/homebrew/bin', '/usr/local/bin'];

/** @returns {string[]} the PATH without this checkout's node_modules/.bin, which npm puts first */
export function outsidePath() {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '' && !folder.startsWith(nodeModules));
}

/**
 * @param {string} name
 * @returns the full path of an executable on the PATH or where servers are kept
 */
export function findProgram(name) {
  return findIn([...outsidePath(), ...serverFolders], name);
}

/**
 * @param {string[]} folders
 * @param {string} name
 * @returns the first executable file of that name in these folders
 */
export function findIn(folders, name) {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // not there, or not ours to run: both mean "look further"
  }
}
