import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FileStorage } from '../src/node/file-storage.js';

let dir: string;
let folder: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'roost-storage-'));
  folder = join(dir, 'ada');
});

afterEach(() => rm(dir, { recursive: true }));

it('has everything again in the next run', async () => {
  const storage = new FileStorage(folder);
  expect(await storage.load()).toEqual(new Map());
  await storage.put('draft/a:1', { text: 'one' });
  await storage.put('draft/a:2', { text: 'two' });
  await storage.put('draft/a:2', { text: 'two again' });
  await storage.remove('draft/a:1');
  await storage.remove('draft/never');
  expect(await new FileStorage(folder).load()).toEqual(new Map([['draft/a:2', { text: 'two again' }]]));
});

it('has on the disk what was put when put resolves, and keeps the order of one key', async () => {
  const storage = new FileStorage(folder);
  const puts = Array.from({ length: 50 }, (_, index) => storage.put('count', index));
  await Promise.all([...puts, ...Array.from({ length: 20 }, (_, index) => storage.put(`key ${index}`, index))]);
  expect(JSON.parse(await readFile(join(folder, 'count.json'), 'utf8'))).toBe(49);
  expect((await readdir(folder)).filter((name) => !name.endsWith('.json'))).toEqual([]);
});

it('leaves a file alone that is not its own, or not whole, says so, and has everything else', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const storage = new FileStorage(folder);
  await storage.put('one', 1);
  const others = { 'notes.json': 'notes', 'chat%2Fone.json': '{"half', '100%.json': '{}' };
  for (const [name, text] of Object.entries(others)) await writeFile(join(folder, name), text);
  expect(await storage.load()).toEqual(new Map([['one', 1]]));
  expect(warned.mock.calls.map(([said]) => said as string).toSorted()).toEqual(
    Object.keys(others)
      .toSorted()
      .map((name) => `@roost/client: ${join(folder, name)} is left alone:`),
  );
  for (const [name, text] of Object.entries(others)) expect(await readFile(join(folder, name), 'utf8')).toBe(text);
  warned.mockRestore();
});

it('says so where there is no folder to be had', async () => {
  await writeFile(folder, 'a file');
  await expect(new FileStorage(folder).put('one', 1)).rejects.toThrow(/EEXIST|ENOTDIR/);
});
