import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const cwd = fileURLToPath(new URL('.', import.meta.url));
const nodeArgs = (program: string) => ['--input-type=module', '--eval', program];

const linesOf = (program: string): string[] =>
  execFileSync(process.execPath, nodeArgs(program), { cwd, encoding: 'utf8' }).split('\n');

const writing = (rest: string) => `
  import { LineWriter } from './line-writer.ts';
  import { linesByTurn } from './lines-by-turn.ts';
  let dropped = 0;
  const stdout = linesByTurn(new LineWriter(process.stdout.fd, { onDropped: (lines) => (dropped += lines) }));
  stdout.write('one\\n');
  stdout.write('two\\n');
  ${rest}`;

/** Says on stderr how many lines it dropped and how long its event loop stood still, then ends as any process. */
const longAtIt = writing(`
  const line = 'x'.repeat(999) + '\\n';
  let slowestMs = 0;
  for (let turn = 0; turn < 300; turn++) {
    const startedAtMs = performance.now();
    for (let count = 0; count < 10; count++) stdout.write(line);
    await new Promise(setImmediate);
    slowestMs = Math.max(slowestMs, performance.now() - startedAtMs);
  }
  console.error(JSON.stringify({ dropped, slowestMs }));`);

it('writes all lines in their order', () => {
  expect(linesOf(writing(`setTimeout(() => stdout.write('three\\n'), 1);`))).toEqual(['one', 'two', 'three', '']);
});

it('writes what waits when the process ends in the same turn', () => {
  expect(linesOf(writing('process.exit(0);'))).toEqual(['one', 'two', '']);
});

it('outlives a full disk, and counts what it could not write', async () => {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, nodeArgs(longAtIt), { cwd, stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  const [said, [code]] = await Promise.all([text(child.stderr!), once(child, 'close')]);
  expect([JSON.parse(said), code]).toMatchObject([{ dropped: 3002 }, 0]);
});

it('outlives a reader that goes, and counts what it could not write', async () => {
  const child = spawn(process.execPath, nodeArgs(longAtIt), { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect([JSON.parse(said), code]).toMatchObject([{ dropped: 3002 }, 0]);
});

it('does not stand still for a reader that has stopped reading, who then gets whole lines', async () => {
  const child = spawn(process.execPath, nodeArgs(`${longAtIt}\nprocess.stdin.resume();`), { cwd, stdio: 'pipe' });
  const [said] = (await once(child.stderr, 'data')) as [Buffer];
  const { dropped, slowestMs } = JSON.parse(String(said)) as { dropped: number; slowestMs: number };
  expect(dropped).toBeGreaterThan(1000);
  expect(slowestMs).toBeLessThan(1000);
  child.stdin.end();
  const read = (await text(child.stdout)).split('\n');
  expect(new Set(read.map(({ length }) => length))).toEqual(new Set([3, 999, 0]));
  expect(read.length - 1).toBeLessThanOrEqual(3002 - dropped);
});
