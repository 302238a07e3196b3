import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** `look` may reject; what takes a promise that nobody waits for is `runInBackground`. */
const begin = `import { EventEmitter } from 'node:events';
export const emitter = new EventEmitter();
export const look = async (): Promise<void> => Promise.reject(new Error('no'));
export function runInBackground(work: () => unknown): void {
  emitter.emit('work', work);
}
`;
const refused = [
  ['look();', 'no-floating-promises'],
  ['void look();', 'no-floating-promises'],
  ['look().finally(() => {});', 'no-floating-promises'],
  ['look().then(() => undefined);', 'no-floating-promises'],
  ['setInterval(() => void look(), 1_000);', 'no-void'],
  ['setInterval(() => look(), 1_000);', 'no-misused-promises'],
  ['setInterval(look, 1_000);', 'no-misused-promises'],
  ["emitter.on('news', async () => look());", 'no-misused-promises'],
] as const;
const fine = ['await look();', 'look().catch(() => undefined);', 'runInBackground(() => look());'];

/** Throws nothing itself; the next one who writes it may. */
const unguarded = "emitter.on('news', () => undefined);";

const folders = ['apps/chat/src', 'apps/cluster/src', 'libs/client/src'];
const lines = [...refused.map(([line]) => line), ...fine, unguarded];
const fileOf = (folder: string, line: string) => `${folder}/line-${lines.indexOf(line)}.ts`;
let dir: string;
let diagnostics: readonly { readonly code: string; readonly filename: string }[];

/** A place with the rules and the compiler's settings of this one, and each line in a file of its own. */
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'roost-lint-'));
  for (const file of ['.oxlintrc.json', 'tsconfig.base.json', 'tsconfig.json']) cpSync(file, join(dir, file));
  cpSync('scripts/lint', join(dir, 'scripts/lint'), { recursive: true });
  symlinkSync(resolve('node_modules'), join(dir, 'node_modules'));
  for (const folder of folders) {
    mkdirSync(join(dir, folder), { recursive: true });
    for (const line of lines) writeFileSync(join(dir, fileOf(folder, line)), `${begin}${line}\n`);
  }
  const words = ['--type-aware', '--format', 'json', ...folders];
  const { stdout } = spawnSync(resolve('node_modules/.bin/oxlint'), words, { cwd: dir, encoding: 'utf8' });
  diagnostics = (JSON.parse(stdout) as { diagnostics: typeof diagnostics }).diagnostics;
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const rulesBroken = (file: string) =>
  diagnostics.flatMap(({ code, filename }) => (filename === file ? [/\((.*)\)/.exec(code)?.[1]] : []));

test.each(refused)('a promise that nobody handles is refused in what runs for long: %s', (line, rule) => {
  for (const folder of folders) expect(rulesBroken(fileOf(folder, line))).toContain(rule);
});

test.each(fine)('%s is fine', (line) => {
  for (const folder of folders) expect(rulesBroken(fileOf(folder, line))).toEqual([]);
});

test('in a replica what an emitter calls has to be guarded, too', () => {
  const broken = folders.map((folder) => rulesBroken(fileOf(folder, unguarded)));
  expect(broken).toEqual([['guarded-callbacks'], [], []]);
});
