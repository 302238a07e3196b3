import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const reporter = resolve('test/support/count-reporter.ts');
let dir: string;

beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'roost-count-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A run of its own, over tests of these texts. */
function run(skippedMax: number, tests: readonly string[], args: readonly string[] = []) {
  const reporters = [[reporter, { skippedMax }]];
  writeFileSync(
    join(dir, 'vitest.config.mjs'),
    `export default { test: ${JSON.stringify({ globals: true, reporters })} };`,
  );
  writeFileSync(join(dir, 'some.test.js'), tests.join('\n'));
  const words = [resolve('node_modules/vitest/vitest.mjs'), 'run', '--root', dir, ...args];
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return { lines: stdout.split('\n'), said: stdout + stderr, status };
}

const passing = "test('adds', () => expect(1 + 1).toBe(2));";
const skipping = "test.skip('needs a moon', () => expect(1).toBe(2));";

test('a run with as many skipped tests as may be passes, counts them on a line of their own, and names them', () => {
  const { lines, status } = run(1, [passing, skipping]);
  expect(lines).toContain('1 passed, 0 failed, 1 skipped');
  expect(lines).toContain('skipped: needs a moon');
  expect(status).toBe(0);
});

test('one skipped test too many fails the run', () => {
  const { said, status } = run(0, [passing, skipping]);
  expect(said).toContain('FAILED: 1 tests were skipped, and no more than 0 may be');
  expect(status).toBe(1);
});

test('who asks for tests of one name skips the others on purpose', () => {
  const { lines, status } = run(0, [passing, "test('subtracts', () => {});"], ['-t', 'adds']);
  expect(lines).toContain('1 passed, 0 failed, 1 skipped');
  expect(status).toBe(0);
});

test('a hook or a file that fails counts as failed', () => {
  const { lines, status } = run(1, [
    "describe('x', () => { beforeAll(() => { throw new Error('no'); });",
    passing,
    '});',
  ]);
  expect(lines).toContain('0 passed, 1 failed, 1 skipped');
  expect(status).toBe(1);
});
