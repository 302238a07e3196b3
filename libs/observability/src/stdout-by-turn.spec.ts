import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const linesOf = (program: string): string[] =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
  }).split('\n');

const writing = (rest: string) => `
  import { stdoutByTurn } from './stdout-by-turn.ts';
  const stdout = stdoutByTurn();
  stdout.write('one\\n');
  stdout.write('two\\n');
  ${rest}`;

it('writes all lines in their order', () => {
  expect(linesOf(writing(`setTimeout(() => stdout.write('three\\n'), 1);`))).toEqual(['one', 'two', 'three', '']);
});

it('writes what waits when the process ends in the same turn', () => {
  expect(linesOf(writing('process.exit(0);'))).toEqual(['one', 'two', '']);
});
