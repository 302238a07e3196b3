import { join } from 'node:path';
import { dev } from './dev.mjs';
import { root } from './paths.mjs';
import { run } from './run.mjs';

/**
 * What `node scripts/setup.mjs NAME` runs once everything is in place, on Node 24.
 * Each takes `{ node, args }` and gives the exit code.
 */
export const tasks = {
  start: ({ node, args }) => run(node, [built('apps/cluster/src/main.js'), ...args]),
  cluster: ({ node, args }) => run(node, [built('apps/cluster/src/control/main.js'), ...args]),
  bench: ({ node, args }) => run(node, [built('apps/bench/src/main.js'), ...args]),
  soak: ({ node, args }) => run(node, [built('apps/soak/src/main.js'), ...args]),
  dev,
  test,
};

/** Every stage runs even after a failure, so that one run tells all; the summary names the time of each. */
async function test({ args }) {
  const stages = [
    { name: 'lint, import cycles, format', command: ['npm', 'run', '--silent', 'lint'] },
    { name: 'types', command: ['tsc', '-p', 'tsconfig.json', '--noEmit'] },
    { name: 'tests', command: ['vitest', 'run', ...args] },
  ];
  const results = [];
  for (const { name, command } of stages) {
    console.log(`\n== ${name}: ${command.join(' ')}`);
    const startedAt = performance.now();
    const code = await run(command[0], command.slice(1));
    results.push({ name, code, seconds: (performance.now() - startedAt) / 1000 });
    if (code > 128) break; // a signal: the person wants the prompt back
  }
  console.log('\n== summary');
  for (const { name, code, seconds } of results) {
    console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name}  ${seconds.toFixed(1)} s`);
  }
  return results.find(({ code }) => code !== 0)?.code ?? 0;
}

function built(file) {
  return join(root, 'dist', file);
}
