import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Part, type PartSpec, waitUntil } from '../src/index.js';
import { temporaryFolder } from './support/toys.js';

const { dir, remove } = temporaryFolder();
afterAll(remove);

let count = 0;

/** A part that runs a line of JavaScript and is ready once it has written "up" to its log. */
function scripted(script: string, spec: Partial<PartSpec> = {}): Part {
  const name = `part-${++count}`;
  return new Part({
    name,
    command: process.execPath,
    args: ['-e', script],
    env: {},
    cwd: dir,
    logFile: join(dir, `${name}.log`),
    isReady: async (part) => part.logTail().includes('up') || 'it has not said "up"',
    readyTimeoutMs: 10_000,
    ...spec,
  });
}

const stays = `console.log('up'); setInterval(() => {}, 1000);`;

test('a part that ends before it is ready is named with its exit code and its last lines', async () => {
  const part = scripted(`console.error('no such database'); process.exit(3)`);
  const message = await part.start().catch((error: unknown) => String(error));
  expect(message).toContain(`${part.name} ended before it was ready (exit code 3)`);
  expect(message).toContain('| no such database');
  expect(part.state).toBe('stopped');
});

test('a part that is not ready in time is named with what is missing, and is gone', async () => {
  const part = scripted(`setInterval(() => {}, 1000)`, { readyTimeoutMs: 200 });
  await expect(part.start()).rejects.toThrow(/was not ready after 200 ms: it has not said "up"/);
  expect(part.pid).toBeUndefined();
});

test('a program that does not exist is a failure of that part', async () => {
  const part = scripted('', { command: '/nowhere/at-all' });
  await expect(part.start()).rejects.toThrow(/could not be started: .*ENOENT/);
});

test('stop asks with SIGTERM and tells an exit that was asked for', async () => {
  const part = scripted(`process.on('SIGTERM', () => process.exit(0)); ${stays}`);
  await part.start();
  await expect(part.stop()).resolves.toEqual({ code: 0, signal: null, asked: true });
});

test('stop kills what does not listen', async () => {
  const part = scripted(`process.on('SIGTERM', () => {}); ${stays}`);
  await part.start();
  await expect(part.stop({ timeoutMs: 100 })).resolves.toEqual({ code: null, signal: 'SIGKILL', asked: true });
});

test('a frozen part can be stopped in order', async () => {
  const part = scripted(`process.on('SIGTERM', () => process.exit(0)); ${stays}`);
  await part.start();
  part.freeze();
  await expect(part.stop()).resolves.toMatchObject({ code: 0 });
});

test('an end of its own is told as not asked for, and the part starts again', async () => {
  const part = scripted(stays);
  await part.start();
  const { exited } = part;
  process.kill(part.pid!, 'SIGKILL');
  await expect(exited).resolves.toEqual({ code: null, signal: 'SIGKILL', asked: false });
  await part.start();
  expect(part.state).toBe('ready');
  await part.kill();
});

test('children of a part go with it', async () => {
  const child = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid`;
  const part = scripted(`console.log(${child}); ${stays}`);
  await part.start();
  const childPid = Number(part.logTail()[0]);
  process.kill(part.pid!, 'SIGKILL');
  await part.exited;
  await expect(waitUntil(async () => hasEnded(childPid) || 'it lives', 5_000)).resolves.toBe(true);
});

/** Gone, or a zombie that nobody has reaped yet. */
function hasEnded(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  if (existsSync('/proc/self') && existsSync(stat)) return readFileSync(stat, 'utf8').includes(') Z ');
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true; // no such process
  }
}
