import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@roost/local-cluster';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Run, dropDatabase, endRuns, runCluster, runCommand, says } from './support/runs.js';

// A whole cluster, on a machine that runs other tests meanwhile.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const data = mkdtempSync(join(tmpdir(), 'roost-operate-'));
let cluster: Run;
let rival: Run;

beforeAll(async () => {
  const port = String(await freePort());
  const starts = [1, 2].map(() => runCluster('--data', data, '--replicas', '2', '--port', port));
  const ready = starts.map((run) => says(run, /Ready after/).then(() => run));
  cluster = await Promise.any(ready);
  rival = starts.find((run) => run !== cluster)!;
  await Promise.allSettled(ready);
});
afterAll(async () => {
  await endRuns();
  await dropDatabase();
  rmSync(data, { recursive: true, force: true });
});

const ask = (...args: string[]): Run => runCommand('--data', data, ...args);

async function answerOf(...args: string[]): Promise<{ code: number | null; said: string }> {
  const asked = ask(...args);
  return { code: await asked.exited, said: asked.said };
}

/** The replicas with their processes, as `status` tells them. */
async function replicas(): Promise<Record<string, string>> {
  const { said } = await answerOf('status');
  return Object.fromEntries([...said.matchAll(/(chat-\d+) +(\d+) +\d+ +ready/g)].map(([, name, pid]) => [name, pid]));
}

async function kill(name: string): Promise<void> {
  process.kill(Number((await replicas())[name]), 'SIGKILL');
  await says(cluster, new RegExp(`${name} died`));
}

test('of two starts on one folder at the same moment one runs, and the other is told who', async () => {
  expect(await rival.exited).toBe(1);
  expect(rival.said).toContain(`a cluster (process ${cluster.process.pid}) runs on this data already`);
  expect(rival.said).not.toMatch(/\n\s+at /); // no stack trace
});

test('status tells every part; a wrong number is refused before anything is asked', async () => {
  const { code, said } = await answerOf('status');
  expect(said).toMatch(/^http:\/\/localhost:\d+, data in \S+ \(--data\)\n/);
  expect(said).toContain(data);
  // A store that is given is no part of the cluster.
  const store = process.env['MONGODB_URI'] === undefined ? ['store'] : [];
  for (const part of [...store, 'redis', 'chat-1', 'chat-2', 'nginx']) {
    expect(said).toMatch(new RegExp(`^ +${part} +\\d+ +\\d+ +ready$`, 'm'));
  }
  expect(code).toBe(0);
  expect(await answerOf('scale', '17')).toMatchObject({ code: 2, said: expect.stringContaining("not '17'") });
});

const embedded = process.env['MONGODB_URI'] === undefined;

test.skipIf(!embedded)(
  'backup makes a file once; restore is not done under a running cluster (embedded store)',
  async () => {
    const file = join(data, 'a backup');
    const first = await answerOf('backup', file);
    expect(first).toMatchObject({
      code: 0,
      said: expect.stringMatching(/backup: \d+ KiB, with all that was acknowledged/),
    });
    expect(await answerOf('backup', file)).toMatchObject({
      code: 1,
      said: expect.stringContaining('is there already'),
    });
    expect(await answerOf('restore', file)).toMatchObject({
      code: 1,
      said: expect.stringContaining(`a cluster (process ${cluster.process.pid}) runs on this data already`),
    });
    const elsewhere = ['--data', join(data, 'elsewhere')];
    const none = runCommand(...elsewhere, 'restore', join(data, 'demo.json'));
    expect([await none.exited, none.said]).toEqual([
      1,
      expect.stringMatching(/is no backup of an embedded store: .*\n$/),
    ]);
    const restored = runCommand(...elsewhere, 'restore', file);
    expect([await restored.exited, restored.said]).toEqual([
      0,
      expect.stringContaining('Clients begin their chats anew'),
    ]);
  },
);

test('restart gives every replica a new process; meanwhile nothing else is done', async () => {
  const before = await replicas();
  const restart = ask('restart');
  await says(restart, /chat-1 +stopped/);
  const [scale, status] = await Promise.all([answerOf('scale', '3'), answerOf('status')]);
  expect(scale).toEqual({ code: 1, said: 'restart is in progress; try again when it is over\n' });
  expect(status.said).toContain('restart in progress');
  expect(await restart.exited).toBe(0);
  expect(restart.said).toMatch(/chat-1 .*ready[^]*chat-2 .*stopped .*in order[^]*chat-2 .*ready/);
  const after = await replicas();
  expect(Object.keys(after)).toEqual(['chat-1', 'chat-2']);
  for (const name of Object.keys(after)) expect(after[name]).not.toBe(before[name]);
});

test('restart while a replica is dead starts that one first; the new one is watched over like any', async () => {
  await kill('chat-2');
  const { code, said } = await answerOf('restart');
  expect(code).toBe(0);
  expect(said).toMatch(/chat-2 [^]*chat-1 +stopped/);
  await kill('chat-1');
  await says(cluster, /chat-1 is back/);
  expect(Object.keys(await replicas())).toEqual(['chat-1', 'chat-2']);
});

test('scale starts and stops replicas; one that died and was taken away does not come back', async () => {
  expect((await answerOf('scale', '3')).code).toBe(0);
  expect(Object.keys(await replicas())).toEqual(['chat-1', 'chat-2', 'chat-3']);
  await kill('chat-3');
  expect((await answerOf('scale', '2')).code).toBe(0);
  expect((await answerOf('restart')).code).toBe(0); // takes longer than a dead replica is left dead
  expect(cluster.said).not.toContain('chat-3 is back');
  expect(Object.keys(await replicas())).toEqual(['chat-1', 'chat-2']);
});

test('a cluster that is stopped in the middle of a restart stops in order, and says so to who asked', async () => {
  const restart = ask('restart');
  await says(restart, /chat-1 +stopped/);
  cluster.process.kill('SIGTERM');
  expect(await restart.exited).toBe(1);
  expect(restart.said).toContain('the cluster stopped before this was done');
  expect(await cluster.exited).toBe(0);
  expect(existsSync(join(data, 'control.sock'))).toBe(false);
  expect(await answerOf('status')).toMatchObject({ code: 1, said: expect.stringContaining('no cluster runs on') });
});
