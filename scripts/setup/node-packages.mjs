import { readFileSync } from 'node:fs';
import { dirname, delimiter, join } from 'node:path';
import { findIn, nodeModules, outsidePath, root } from './paths.mjs';
import { run } from './run.mjs';
import { SetupError, say } from './say.mjs';

/**
 * Whatever npm is told by the shell, an .npmrc or the command that began this: tools that build and test are needed, the scripts
 * that bring Node too, and here.
 */
const always = ['--include=dev', '--include=optional', '--ignore-scripts=false', '--global=false', '--dry-run=false'];

/** `npm ci` where node_modules is missing or holds something else than package-lock.json says; else nothing. */
export async function installPackagesIfStale() {
  const reason = staleBecause();
  if (!reason) return;
  say(`installing npm packages (npm ci): ${reason}`);
  const [command, ...args] = npmOutsideOfNodeModules();
  const code = await run(command, [...args, 'ci', ...always, '--no-audit', '--no-fund', '--loglevel=error'], {
    // Without node_modules/.bin: `npm ci` deletes that folder, and with it the Node it would find there first.
    PATH: outsidePath().join(delimiter),
  });
  if (code !== 0) throw new SetupError(`npm ci ended with ${code}; what it said is above`);
}

/** npm notes what it installed in node_modules/.package-lock.json, as its last step. */
function staleBecause() {
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  const installed = lockedPackages(join(nodeModules, '.package-lock.json'));
  if (!wanted) throw new SetupError('package-lock.json is missing or broken');
  if (!installed) return 'node_modules is missing or incomplete';
  const differs = (path) => installed[path]?.version !== wanted[path]?.version;
  const changed =
    Object.keys(installed).find(differs) ??
    // Optional packages of other platforms are in the lock and never installed here.
    Object.keys(wanted).find((path) => path !== '' && !wanted[path].optional && differs(path));
  return changed && `${changed} differs from package-lock.json`;
}

function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined; // absent or cut short: the caller says what that means
  }
}

/**
 * The npm to install with must not run on node_modules/node, which it is about to delete: under `npm start` that one is
 * first in the PATH, and `process.execPath` may be it.
 */
function npmOutsideOfNodeModules() {
  const node = process.execPath.startsWith(nodeModules) ? findIn(outsidePath(), 'node') : process.execPath;
  if (!node)
    throw new SetupError('the only Node found is the one in node_modules, which npm ci replaces; install another');
  const { npm_execpath: npmCli } = process.env;
  if (npmCli?.endsWith('npm-cli.js') && !npmCli.startsWith(nodeModules)) return [node, npmCli];
  const npm = findIn([dirname(node), ...outsidePath()], 'npm');
  if (!npm) throw new SetupError(`npm was found neither beside ${node} nor on the PATH`);
  return [npm];
}
