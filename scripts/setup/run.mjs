import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { environment } from './environment.mjs';
import { localBin, outsidePath, root } from './paths.mjs';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Node keeps what it compiled here: a replica starts with a sixth less CPU, and the tests start hundreds. */
const NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? join(root, 'dist/.cache/code');

/**
 * Runs a command to its end with this terminal as its own, in the checkout's folder, with node_modules/.bin first in
 * its PATH. Signals sent to this process are passed on, so the command decides how to stop.
 *
 * @param {Record<string, string | undefined>} [env] added to what `environment` passes on
 * @returns {Promise<number>} its exit code; 128 + the signal's number where a signal ended it, as shells do
 */
export function run(command, args, env = {}) {
  const PATH = [localBin, ...outsidePath()].join(delimiter);
  const all = { ...environment(), PATH, NODE_COMPILE_CACHE, ...env };
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: all });
  const forward = (signal) => child.kill(signal);
  for (const signal of forwarded) process.on(signal, forward);
  const watch = whenNpmIsGone(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  }).finally(() => {
    for (const signal of forwarded) process.off(signal, forward);
    clearInterval(watch);
  });
}

/**
 * npm runs scripts through a shell, which dies of a signal without passing it on. Noticed within a second by the parent
 * having changed. Only under npm: started in the background by hand, losing the parent is ordinary.
 */
function whenNpmIsGone(stop) {
  const parent = process.ppid;
  if (!process.env.npm_lifecycle_event) return undefined;
  return setInterval(() => process.ppid !== parent && stop(), 1_000);
}
