import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '@roost/local-cluster';
import { expect, test } from 'vitest';

test('what of the compose file needs no engine holds, and what was not tried is said', () => {
  const check = join(projectRoot(), 'deploy/check/without-engine.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [check], { encoding: 'utf8' });
  expect(stderr + stdout).not.toMatch(/FAILED|Error/);
  expect(stdout.match(/^ok /gm)).toHaveLength(6);
  expect(stdout).toMatch(/^Not run, for there is no Docker engine: .*\.$/m);
  expect(status).toBe(0);
});
