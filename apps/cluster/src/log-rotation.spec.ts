import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { rotate, rotateLogs } from './log-rotation.js';

const bytesMax = 10_000;
let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'roost-logs-'));
  file = join(dir, 'part.log');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('a log that is large is kept twice more and emptied; one that is not stays as it is', () => {
  for (let round = 1; round <= 5; round++) {
    writeFileSync(file, `${round}`.repeat(bytesMax + 1));
    rotate(file, bytesMax);
    writeFileSync(file, 'short');
    rotate(file, bytesMax);
  }
  expect(readdirSync(dir).toSorted()).toEqual(['part.log', 'part.log.1', 'part.log.2']);
  expect(
    readdirSync(dir)
      .toSorted()
      .map((name) => readFileSync(join(dir, name), 'utf8')[0]),
  ).toEqual(['s', '5', '4']);
});

it('a log that is not there, or cannot be copied, harms nobody', () => {
  rotate(file, bytesMax);
  rotate(join(dir, 'no-such-folder', 'part.log'), bytesMax);
  expect(readdirSync(dir)).toEqual([]);
});

const firstOf = (name: string) => readFileSync(name, 'utf8').slice(0, 11);

it('a process that goes on writing stays within three files, and what they hold are its lines in order', async () => {
  const log = openSync(file, 'a');
  const script = `let n = 0;
    const timer = setInterval(() => { for (let i = 0; i < 50; i++) process.stdout.write('line ' + String(n++).padStart(6, '0') + '\\n'); }, 2);
    process.on('SIGTERM', () => process.exit());`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', log, 'inherit'] });
  closeSync(log);
  const stopping = new AbortController();
  rotateLogs(() => [file], stopping.signal, { bytesMax, lookMs: 5 });
  const ended = once(child, 'exit');
  try {
    await vi.waitUntil(() => readdirSync(dir).length === 3, { timeout: 20_000 });
    const before = firstOf(`${file}.2`);
    await vi.waitUntil(() => firstOf(`${file}.2`) > before, { timeout: 20_000 });
  } finally {
    child.kill();
    await ended;
    stopping.abort();
  }
  const names = [`${file}.2`, `${file}.1`, file];
  for (const name of names.slice(0, 2)) expect(statSync(name).size).toBeGreaterThan(bytesMax);
  const lines = names.flatMap((name) => readFileSync(name, 'utf8').split('\n').filter(Boolean));
  // The first of a file may have lost its beginning with what was written in the instant between.
  const whole = lines.filter((line) => line.length === 11);
  expect(whole.length).toBeGreaterThan(lines.length - names.length - 1);
  expect(whole).toEqual(whole.toSorted());
});
