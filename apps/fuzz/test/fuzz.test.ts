import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '@roost/local-cluster';
import { expect, test } from 'vitest';

const fuzz = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(projectRoot(), 'dist/apps/fuzz/src/main.js'), ...args]);

test('a short one: tells what it did, and ends well', async () => {
  const { stdout } = await fuzz('--minutes', '0', '--seed', '5');
  expect(stdout).toMatch(/the same process, without a fault, after [1-9]\d* websocket, [1-9]\d* polling/);
});

test('help is asked for, and a wrong option is named', async () => {
  expect((await fuzz('--help')).stdout).toContain('npm run fuzz');
  await expect(fuzz('--minutes', 'many')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--minutes'),
  });
});
