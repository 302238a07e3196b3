import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Draft } from '@roost/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileDrafts } from '../src/node/file-drafts.js';
import { chatId } from './support/model-chat.js';

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'roost-drafts-'));
  path = join(dir, 'drafts.json');
});

afterEach(() => rm(dir, { recursive: true }));

const draft = (place: number): Draft => ({
  request: { chatId, text: `message ${place}`, clientMessageId: `id-${place}` },
  createdAt: '2026-01-01T00:00:00.000Z',
  place,
});

const inFile = async () => (JSON.parse(await readFile(path, 'utf8')) as Draft[]).map(({ place }) => place);

it('is there again in the next run', async () => {
  const drafts = new FileDrafts(path);
  expect(await drafts.load()).toEqual([]);
  await drafts.put(draft(1));
  await drafts.put(draft(2));
  await drafts.remove('id-1');
  expect(await new FileDrafts(path).load()).toEqual([draft(2)]);
});

it('has in the file what was put when put resolves, many at once included', async () => {
  const drafts = new FileDrafts(path);
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await drafts.put(draft(index));
      expect(await inFile()).toContain(index);
    }),
  );
  expect(await inFile()).toHaveLength(50);
  expect(await readdir(dir)).toEqual(['drafts.json']);
});

it('says so when the file is not its own, and leaves it alone', async () => {
  await writeFile(path, 'notes');
  const drafts = new FileDrafts(path);
  await expect(drafts.load()).rejects.toBeInstanceOf(SyntaxError);
  await expect(drafts.put(draft(1))).rejects.toBeInstanceOf(SyntaxError);
  expect(await readFile(path, 'utf8')).toBe('notes');
});

it('does not keep what could not be written, and goes on', async () => {
  path = join(dir, 'later', 'drafts.json');
  const drafts = new FileDrafts(path);
  await expect(drafts.put(draft(1))).rejects.toThrow('ENOENT');
  await mkdir(join(dir, 'later'));
  await drafts.put(draft(2));
  expect(await inFile()).toEqual([2]);
});
