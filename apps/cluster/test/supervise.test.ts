import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Part, freePort, replica } from '@roost/local-cluster';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Guard } from '../src/supervise.js';

let dir: string;
let said: string[];
let stopping: AbortController;
let guard: Guard;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'roost-guard-'));
  said = [];
  stopping = new AbortController();
  guard = new Guard((line) => said.push(line), stopping.signal, { firstPauseMs: 1 });
});
afterEach(() => {
  stopping.abort();
  rmSync(dir, { recursive: true, force: true });
});

/** A part that starts once, and while `heals` exists: else it ends at once with exit code 3. */
function frail(): Part {
  const script = `
    const fs = require('node:fs');
    if (fs.existsSync('pid') && !fs.existsSync('heals')) process.exit(3);
    fs.writeFileSync('pid', String(process.pid));
    setInterval(() => {}, 1000);`;
  const isUp = (pid: number | undefined) => readOptional(join(dir, 'pid')) === String(pid);
  return new Part({
    name: 'toy',
    command: process.execPath,
    args: ['-e', script],
    env: {},
    cwd: dir,
    logFile: join(dir, 'toy.log'),
    isReady: async ({ pid }) => isUp(pid) || 'it has not said that it is up',
    readyTimeoutMs: 10_000,
  });
}

const readOptional = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
const times = (words: string) => said.filter((line) => line.startsWith(words)).length;

async function killedOnce(part: Part, care = {}): Promise<void> {
  await part.start();
  guard.watch(part, care);
  process.kill(part.pid!, 'SIGKILL');
}

test('a vital part that does not start again is tried some times, then given up', async () => {
  const part = frail();
  await killedOnce(part, { vital: true });
  expect(await guard.lost).toBe(part);
  expect(times('toy ended before it was ready (exit code 3)')).toBe(7);
  expect(said.at(-1)).toMatch(/^toy died \(exit code 3\); it cannot be brought back, and the cluster cannot go on/);
});

test('one that is not vital is tried for ever', async () => {
  await killedOnce(frail());
  await vi.waitUntil(() => times('toy ended before it was ready') > 9, 20_000);
});

test('a vital part that starts again each time is never given up', async () => {
  writeFileSync(join(dir, 'heals'), '');
  const part = frail();
  await killedOnce(part, { vital: true });
  for (let deaths = 1; deaths < 10; deaths++) {
    await vi.waitUntil(() => times('toy is back') === deaths && part.state === 'ready', 20_000);
    process.kill(part.pid!, 'SIGKILL');
  }
  await vi.waitUntil(() => times('toy is back') === 10, 20_000);
  stopping.abort();
  await part.kill();
});

/** Serves until it is asked for `/block`, which it never comes back from. */
const blocks = `
  require('node:http').createServer(({ url }, response) => {
    while (url === '/block');
    response.end();
  }).listen(process.env.PORT, '127.0.0.1');`;

test('a replica whose event loop is blocked is killed and started again; one that works is left alone', async () => {
  const entry = join(dir, 'blocks.cjs');
  writeFileSync(entry, blocks);
  const parts = [];
  for (const name of ['one', 'two']) {
    const part = replica({ name, port: await freePort(), dir, env: {}, entry });
    await part.start();
    guard.watch(part);
    parts.push(part);
  }
  const [blocked, other] = parts;
  const pids = parts.map(({ pid }) => pid);
  fetch(`${blocked!.url}/block`).catch(() => undefined); // it is cut when the replica is killed
  await vi.waitUntil(() => said.some((line) => line.startsWith('one is back')), 20_000);
  expect(said[0]).toMatch(/^one hangs: GET .*\/alive is not answered within \d+ ms; killing it$/);
  expect(said[1]).toMatch(/^one died \(signal SIGKILL\); starting it again/);
  expect(blocked!.pid).not.toBe(pids[0]);
  expect(other!.pid).toBe(pids[1]);
  stopping.abort();
  await Promise.all(parts.map((part) => part.kill()));
});
