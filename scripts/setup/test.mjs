import { run } from './run.mjs';

export const help = `Checks everything: lint and format, types, and every test.

usage: npm test [-- FILTER... options]

  FILTER         only test files whose path contains it, for example: npm test -- libs/contract
  -t PATTERN     only tests whose name matches; this and every other option is one of vitest run
  --help, -h     this text`;

/** Everything but a wish for help is for vitest, which knows its own options. */
export function readArguments(argv) {
  return argv.includes('--help') || argv.includes('-h') ? undefined : argv;
}

const lint = { name: 'lint, import cycles, format', command: ['npm', 'run', '--silent', 'lint'] };
const types = { name: 'types', command: ['tsc', '-p', 'tsconfig.json', '--noEmit'] };

/** Every stage runs even after a failure, so that one run tells all; the summary names the time of each. */
export async function test({ args }) {
  const tests = { name: 'tests', command: ['vitest', 'run', ...args] };
  const results = [];
  // Lint and types leave a core idle each, and have little to say.
  for (const atOnce of [[lint, types], [tests]]) {
    const done = await Promise.all(atOnce.map(perform));
    results.push(...done);
    if (done.some(({ code }) => code > 128)) break; // a signal: the person wants the prompt back
  }
  console.log('\n== summary');
  for (const { name, code, seconds } of results) {
    console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name}  ${seconds.toFixed(1)} s`);
  }
  return results.find(({ code }) => code !== 0)?.code ?? 0;
}

async function perform({ name, command }) {
  console.log(`\n== ${name}: ${command.join(' ')}`);
  const startedAt = performance.now();
  const code = await run(command[0], command.slice(1));
  return { name, code, seconds: (performance.now() - startedAt) / 1000 };
}
