import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import ts from 'typescript';
import { build } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startBrowser } from '../../../test/support/browser.js';
import { answerAccounts } from './support/mini-accounts.js';
import { MiniReplica } from './support/mini-replica.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const modules = join(root, 'node_modules');

const readme = await readFile(join(root, 'libs/client/README.md'), 'utf8');
/** The code blocks of the README in this language. */
const blocks = (language: string) =>
  Array.from(readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs')), ([, code = '']) => code);
const examples = blocks('js');
const pages = blocks('tsx');

let dir: string;
let replica: MiniReplica;

/** A program with the packed package installed, and nothing else of this repository. */
beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'roost-consumer-')));
  await run(process.execPath, [join(root, 'scripts/build-client.mjs'), join(dir, 'package')]);
  const into = join(dir, 'node_modules/@roost/client');
  await mkdir(into, { recursive: true });
  const { stdout } = await run('npm', ['pack', '--silent', join(dir, 'package')], { cwd: dir });
  await run('tar', ['-xzf', join(dir, stdout.trim()), '--strip-components=1', '-C', into]);
  await mkdir(join(dir, 'node_modules/@types'));
  for (const name of ['socket.io-client', 'zod', 'react', 'react-dom', '@types/react', '@types/react-dom'])
    await symlink(join(modules, name), join(dir, 'node_modules', name));
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
    const { stderr } = await run(process.execPath, [path], { cwd: dir, timeout: 60_000 });
    expect(stderr).toBe('');
  });
});

it.each([
  ['node16', ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16],
  ['nodenext', ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
  ['bundler', ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
] as const)(
  'the examples and the declarations of the package type-check under %s',
  async (_, module, moduleResolution) => {
    const typed = [...examples.map((code) => [code, 'ts']), ...pages.map((code) => [code, 'tsx'])] as const;
    const files = typed.map(([, type], index) => join(dir, `typed-${index + 1}.${type}`));
    for (const [index, file] of files.entries()) await writeFile(file, `${typed[index]![0]}\nexport {};\n`);
    const program = ts.createProgram(files, {
      module,
      moduleResolution,
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      jsx: ts.JsxEmit.ReactJSX,
      strict: true,
      noEmit: true,
      types: [],
    });
    // What it depends on is checked by those who publish that, and takes three times as long.
    const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(dir));
    expect(own.length).toBeGreaterThan(files.length + 10);
    const said = own.flatMap((file) => ts.getPreEmitDiagnostics(program, file));
    expect(said.map(({ file, messageText }) => [file?.fileName, messageText])).toEqual([]);
  },
);

it('can be required, where Node lets ES modules be', async () => {
  const code = `console.log(typeof require('@roost/client').RoostClient, typeof require('@roost/client/react').useChats)`;
  const { stdout } = await run(process.execPath, ['-e', code, '--input-type=commonjs'], { cwd: dir });
  expect(stdout).toBe('function function\n');
});

/** The script that a page gets which has this code. */
async function bundle(code: string, { minify = false, name = 'page.js', external = [] as string[] } = {}) {
  const input = join(dir, name);
  await writeFile(input, code);
  const options = {
    rollupOptions: { input, external },
    write: false,
    minify,
    modulePreload: false,
    target: 'es2023',
  } as const;
  // In tests, bundlers take what is for developers: with Socket.IO's own messages.
  vi.stubEnv('NODE_ENV', 'production');
  const result = await build({ root: dir, configFile: false, logLevel: 'silent', build: options });
  vi.unstubAllEnvs();
  if (Array.isArray(result) || !('output' in result)) throw new Error('no single bundle');
  const chunks = result.output.filter((part) => part.type === 'chunk');
  return {
    code: chunks.map((chunk) => chunk.code).join(''),
    modules: Object.assign({}, ...chunks.map((chunk) => chunk.modules)),
  };
}

describe('a bundle for browsers', () => {
  const everything = `
    import { RoostClient, signIn } from '@roost/client';
    import { IndexedDbStorage } from '@roost/client/indexeddb';
    window.all = [RoostClient, signIn, IndexedDbStorage];
  `;

  it('has no schemas, and no storage and no React where those are not used', async () => {
    const { code } = await bundle(`import { RoostClient } from '@roost/client'; window.client = RoostClient;`);
    expect(code).toContain('clientMessageId');
    for (const unwanted of ['ZodObject', 'node:fs', 'indexedDB', 'createContext']) expect(code).not.toContain(unwanted);
  });

  it('has the storage where it is used, and still no schemas', async () => {
    const { code } = await bundle(everything);
    expect(code).toContain('indexedDB');
    expect(code).not.toContain('ZodObject');
  });

  it('with everything is at most 36 KB gzipped beside Socket.IO', async () => {
    const { code, modules: parts } = await bundle(everything, { minify: true });
    const own = await bundle(everything, { minify: true, external: ['socket.io-client'] });
    const [bytes, ownBytes] = [gzipSync(code).length, gzipSync(own.code).length];
    const largest = Object.entries(parts as Record<string, { renderedLength: number }>)
      .map(([path, { renderedLength }]) => [renderedLength, path.replace(/.*node_modules\//, '')] as const)
      .toSorted(([one], [other]) => other - one);
    console.log(
      `${bytes} bytes gzipped, ${ownBytes} of them beside Socket.IO; the largest parts, in bytes before that:`,
    );
    for (const part of largest.slice(0, 8)) console.log(...part);
    expect(ownBytes).toBeLessThan(36 * 1024);
  });
});

describe('the page of the README', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  it('runs in a browser: lists the chats, opens one, sends', async () => {
    let script = '';
    const site = await MiniReplica.start((request, response) => {
      if (request.url !== '/') return answerAccounts(request, response);
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(
        `<!doctype html><meta charset="utf-8"><title>Page</title><body><script type="module">${script}</script>`,
      );
    });
    const page = await browser.newPage();
    try {
      site.say(site.chat(), 'Hello');
      const source = pages[0]!.replaceAll('https://chat.example.com', site.url);
      ({ code: script } = await bundle(source, { minify: true, name: 'page.tsx' }));
      await page.goto(site.url);
      await page.getByRole('button', { name: 'Engines (1)' }).click();
      await page.getByText('Grace: Hello').waitFor();
      await page.getByRole('textbox').fill('Hi');
      await page.keyboard.press('Enter');
      await page.getByText('Ada: Hi').waitFor();
      await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    } finally {
      await page.close();
      await site.close();
    }
  });
});
