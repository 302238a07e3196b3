import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { localBin, root } from './paths.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';

const compilers = [
  ['nest', 'build', 'chat', '--watch', '--preserveWatchOutput'],
  ['vite', 'build', 'apps/web', '--watch', '--logLevel', 'warn'],
];

/** A cluster that follows the sources: both compilers watch, and replicas start again one by one after each build. */
export async function dev({ node, args }) {
  say('compiling on every change; a change in apps/cluster itself needs a new start');
  const running = compilers.map(([command, ...rest]) =>
    spawn(node, [join(localBin, command), ...rest], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }),
  );
  try {
    const cluster = join(root, 'dist/apps/cluster/src/main.js');
    return await run(node, [cluster, '--watch', ...args], { NODE_ENV: process.env.NODE_ENV ?? 'development' });
  } finally {
    for (const compiler of running) compiler.kill();
  }
}
