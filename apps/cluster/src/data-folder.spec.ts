import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.js';
import { Refused } from './refused.js';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'roost-data-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('the secret is the same at the next start and nobody else may read it', () => {
  const first = openDataFolder(root, false);
  first.release();
  const second = openDataFolder(root, false);
  expect(second.jwtSecret).toBe(first.jwtSecret);
  expect(first.jwtSecret).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(join(root, 'jwt-secret')).mode & 0o777).toBe(0o600);
});

test('fresh removes what the cluster keeps and nothing else', () => {
  openDataFolder(root, false).release();
  mkdirSync(join(root, 'store'));
  writeFileSync(join(root, 'thesis.txt'), 'years of work');
  const old = readFileSync(join(root, 'jwt-secret'), 'utf8');
  const { jwtSecret } = openDataFolder(root, true);
  expect(jwtSecret).not.toBe(old);
  expect(existsSync(join(root, 'store'))).toBe(false);
  expect(existsSync(join(root, 'thesis.txt'))).toBe(true);
});

test('logs of the last start are kept, older ones are not', () => {
  for (const words of ['first', 'second', 'third']) {
    const { logs, release } = openDataFolder(root, false);
    mkdirSync(logs);
    writeFileSync(join(logs, 'redis.log'), words);
    release();
  }
  expect(readFileSync(join(root, 'logs/redis.log'), 'utf8')).toBe('third');
  expect(readFileSync(join(root, 'logs.previous/redis.log'), 'utf8')).toBe('second');
});

test('a second cluster on the same folder is refused with the process that has it', () => {
  const { release } = openDataFolder(root, false);
  expect(() => openDataFolder(root, false)).toThrow(Refused);
  expect(() => openDataFolder(root, false)).toThrow(`process ${process.pid}`);
  release();
  expect(() => openDataFolder(root, false)).not.toThrow();
});

test('a folder that cannot be written is named, with what the system says and what helps', () => {
  writeFileSync(join(root, 'file'), '');
  const inside = join(root, 'file/data');
  expect(() => openDataFolder(inside, false)).toThrow(Refused);
  expect(() => openDataFolder(inside, false)).toThrow(/ENOTDIR: not a directory.*\nGive --data another folder/);
});

test.each([
  ['a process that is gone', `${2 ** 30} 1`],
  ['a process id that was given to another since', `${process.pid} 1`],
  ['a writer that died in the middle', ''],
])('the lock of %s is stale', (_, written) => {
  writeFileSync(join(root, 'lock'), written);
  expect(() => openDataFolder(root, false)).not.toThrow();
});
