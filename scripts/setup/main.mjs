import { obey } from '../../libs/command-line/src/index.mjs';
import { buildIfStale } from './build.mjs';
import { installPackagesIfStale } from './node-packages.mjs';
import { ensureNode24 } from './node24.mjs';
import { requireOwnFiles } from './rights.mjs';
import { SetupError, say } from './say.mjs';
import { ensureSystemPrograms } from './system-programs.mjs';
import { tasks } from './tasks.mjs';

/**
 * Help and a wrong option are answered at once, before anything is installed.
 *
 * @param {string[]} argv the task's name, then the task's own arguments, passed on untouched
 * @returns {Promise<number>} the exit code: the task's own; 1 where the set-up failed; 2 for an unknown task or option
 */
export async function main([name, ...args]) {
  const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined;
  if (!task) {
    console.error(`usage: node scripts/setup.mjs ${Object.keys(tasks).join('|')} [arguments]`);
    return 2;
  }
  const { help, readArguments } = task.commandLine;
  return obey(
    help,
    () => readArguments(args),
    () => setUpFor(task, args),
  );
}

async function setUpFor({ programs, act }, args) {
  try {
    const startedAt = performance.now();
    requireOwnFiles();
    await installPackagesIfStale();
    await ensureSystemPrograms(programs);
    const node = await ensureNode24();
    await buildIfStale();
    say(`set-up took ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    return await act({ node, args });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\nset-up failed: ${error.message}`);
    return 1;
  }
}
