import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './paths.mjs';
import { run } from './run.mjs';
import { SetupError, say } from './say.mjs';

/** In dist/, so that removing dist/ also forgets that it was built. */
const stampFile = join(root, 'dist/.cache/sources.sha256');
const sourceFolders = ['apps', 'libs', 'scripts'];
const sourceFiles = ['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.base.json', 'tsconfig.build.json'];

/** `npm run build` where a source file changed since the last successful one; else nothing. */
export async function buildIfStale() {
  const sources = fingerprint();
  if (sources === lastBuilt()) return;
  say('building (npm run build): sources changed');
  for (const [command, ...args] of buildCommands()) {
    const code = await run(command, args);
    if (code !== 0) throw new SetupError(`the build failed (${command} ended with ${code}); what it said is above`);
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, sources);
}

/** The words of the `build` script in package.json, run without npm, which would cost another half a second. */
function buildCommands() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return scripts.build.split('&&').map((command) => command.trim().split(/\s+/));
}

/** Path, size and time of change of each source: as good as the contents here, and a few milliseconds. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of [...sourceFolders.flatMap(filesBelow), ...sourceFiles.map((name) => join(root, name))]) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(spec|test)\.ts$|\.md$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .toSorted();
}

function lastBuilt() {
  try {
    return readFileSync(stampFile, 'utf8');
  } catch {
    return undefined; // never built
  }
}
