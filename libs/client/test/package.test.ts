import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerAccounts } from './support/mini-accounts.js';
import { MiniReplica } from './support/mini-replica.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const modules = join(root, 'node_modules');

/** The code blocks of the README. */
const examples = [...(await readFile(join(root, 'libs/client/README.md'), 'utf8')).matchAll(/```js\n(.*?)```/gs)].map(
  ([, code = '']) => code,
);

let dir: string;
let replica: MiniReplica;

/** A program with the packed packages installed, and nothing else of this repository. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'roost-consumer-'));
  await run(process.execPath, [join(root, 'scripts/build-client.mjs'), join(dir, 'packages')]);
  for (const name of ['contract', 'client']) {
    const into = join(dir, 'node_modules/@roost', name);
    await mkdir(into, { recursive: true });
    const { stdout } = await run('npm', ['pack', '--silent', join(dir, 'packages', name)], { cwd: dir });
    await run('tar', ['-xzf', join(dir, stdout.trim()), '--strip-components=1', '-C', into]);
  }
  for (const name of ['socket.io-client', 'zod']) await symlink(join(modules, name), join(dir, 'node_modules', name));
  await writeFile(join(dir, 'package.json'), JSON.stringify({ type: 'module' }));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

beforeEach(async ({ onTestFinished }) => {
  replica = await MiniReplica.start(answerAccounts);
  onTestFinished(() => replica.close());
});

describe.each(examples.map((code, index) => [index + 1, code] as const))('example %i of the README', (number, code) => {
  it('runs', async () => {
    const chat = replica.chat();
    for (let count = 0; count < 120; count++) replica.say(chat, `message ${count}`);
    const path = join(dir, `example-${number}.js`);
    await writeFile(path, code.replaceAll('https://chat.example.com', replica.url));
    const { stderr } = await run(process.execPath, [path], { cwd: dir, timeout: 20_000 });
    expect(stderr).toBe('');
  });
});

/** A whole compiler, on a machine that has other things to do. */
it('the examples type-check against the declarations', { timeout: 90_000 }, async () => {
  const options = {
    module: 'nodenext',
    target: 'ES2023',
    lib: ['ES2023', 'DOM'],
    strict: true,
    noEmit: true,
    types: [],
  };
  const files = examples.map((_, index) => `typed-${index + 1}.ts`);
  for (const [index, file] of files.entries()) await writeFile(join(dir, file), `${examples[index]}\nexport {};\n`);
  await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }));
  const { stdout } = await run(process.execPath, [join(modules, 'typescript/bin/tsc'), '-p', dir]).catch(
    (failed: { stdout: string }) => failed,
  );
  expect(stdout).toBe('');
});

/** The code that a page gets which has this script. */
async function bundle(code: string): Promise<string> {
  const input = join(dir, 'page.js');
  await writeFile(input, code);
  const options = { rollupOptions: { input }, write: false, minify: false } as const;
  const result = await build({ root: dir, configFile: false, logLevel: 'silent', build: options });
  if (Array.isArray(result) || !('output' in result)) throw new Error('no single bundle');
  return result.output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
}

describe('a bundle for browsers', () => {
  it('has no schemas, no file store and no REST where those are not used', async () => {
    const code = await bundle(`import { RoostClient } from '@roost/client'; window.client = RoostClient;`);
    expect(code).toContain('clientMessageId');
    for (const unwanted of ['ZodObject', 'node:fs', 'indexedDB', '/auth/login']) expect(code).not.toContain(unwanted);
  });

  it('has them where they are', async () => {
    const code = await bundle(`
      import { RoostClient, signIn } from '@roost/client';
      import { IndexedDbDrafts } from '@roost/client/indexeddb';
      window.all = [RoostClient, signIn, IndexedDbDrafts];
    `);
    for (const wanted of ['ZodObject', 'indexedDB', '/auth/login']) expect(code).toContain(wanted);
  });
});
