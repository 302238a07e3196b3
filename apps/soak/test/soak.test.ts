import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@roost/local-cluster';
import { expect, test } from 'vitest';

const soak = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(projectRoot(), 'dist/apps/soak/src/main.js'), ...args]);

test('one short session: tells what it was, and ends well', { timeout: 90_000 }, async () => {
  const { stdout } = await soak('--minutes', '0', '--steps', '3', '--seed', '5');
  expect(stdout).toMatch(/session 1 {2}seed 5 {2}3 steps, \d+ messages, \d+ faults/);
  expect(stdout).toContain('nothing lost, nothing doubled in 1 sessions: 3 steps');
});

test('help is asked for, and a wrong option is named', async () => {
  expect((await soak('--help')).stdout).toContain('npm run soak');
  await expect(soak('--minutes', 'many')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--minutes'),
  });
});
