import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where Debian and Homebrew keep servers that an ordinary user's PATH may lack. */
const serverFolders = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/opt/homebrew/bin', '/usr/local/bin'];

/** The full path of an executable on the PATH or where servers are kept; undefined where there is none. */
export function findProgram(name: string): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...onPath, ...serverFolders].map((folder) => join(folder, name)).find(isExecutable);
}

/** As `findProgram`, for a program that a part cannot do without. */
export function requireProgram(name: string): string {
  const path = findProgram(name);
  if (!path) throw new Error(`${name} is not installed: it is neither on the PATH nor in ${serverFolders.join(', ')}`);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // not there, or not ours to run: both mean "look further"
  }
}

/** The checkout's own folder, found from the sources as well as from `dist/`. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('no package.json above the cluster library');
    folder = above;
  }
  return folder;
}

/** The environment every program needs; a part gets this and its own settings, never all of the parent's. */
export function systemEnv(): Record<string, string> {
  const names = ['PATH', 'HOME', 'USER', 'TMPDIR', 'LANG', 'TZ', 'NODE_EXTRA_CA_CERTS', 'NODE_COMPILE_CACHE'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
