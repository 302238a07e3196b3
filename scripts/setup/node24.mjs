import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { localBin } from './paths.mjs';
import { SetupError } from './say.mjs';

const minimumMajor = 24;

/**
 * The Node that everything after the set-up runs on: the npm package `node`, so that a machine with an older one needs
 * nothing from outside the lock file.
 *
 * @returns {Promise<string>} its path
 */
export async function ensureNode24() {
  const node = join(localBin, 'node');
  const version = await versionOf(node);
  if (Number(version.split('.')[0]) < minimumMajor) {
    throw new SetupError(`${node} is Node ${version}, and Roost runs on ${minimumMajor} or newer`);
  }
  return node;
}

async function versionOf(node) {
  try {
    const { stdout } = await promisify(execFile)(node, ['--version']);
    return stdout.trim().replace(/^v/, '');
  } catch (error) {
    throw new SetupError(
      `the npm package "node" brought no Node that runs here (${error.message.trim()}).\n` +
        'Remove node_modules and try again; the words of npm that come then say what is wrong',
    );
  }
}
