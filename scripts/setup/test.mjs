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

/** Every stage runs even after a failure, so that one run tells all; the summary names the time of each. */
export async function test({ args }) {
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
