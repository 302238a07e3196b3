import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOlder, minimumIn } from './setup/node-version.mjs';

const tasks = ['start', 'test', 'dev', 'cluster', 'migrate', 'bench', 'soak', 'fuzz'];
/** What a fresh clone has of the set-up: no packages, nothing built. */
let clone: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'roost-clone-'));
  cpSync('package.json', join(clone, 'package.json'));
  for (const folder of ['scripts', 'apps', 'libs/command-line']) {
    cpSync(folder, join(clone, folder), { recursive: true, filter: isNeeded });
  }
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

const isNeeded = (path: string) => statSync(path).isDirectory() || path.endsWith('.mjs');

/** Without a PATH: npm, apt-get and everything else that installs something are out of reach. */
function setUp(args: readonly string[], nodeOptions: readonly string[] = []) {
  const words = [...nodeOptions, join(clone, 'scripts/setup.mjs'), ...args];
  return spawnSync(process.execPath, words, { encoding: 'utf8', env: { PATH: '' } });
}

test.each(tasks)('%s --help in a fresh clone tells its options and installs nothing', (task) => {
  for (const option of ['--help', '-h']) {
    const { stdout, stderr, status } = setUp([task, option]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/npm (run )?(start|test|cluster|migrate|bench|soak|fuzz).*\n[^]*--help/);
  }
});

test.each(tasks.filter((task) => task !== 'test'))('%s with a wrong option in a fresh clone names it', (task) => {
  const { stderr, status } = setUp([task, '--colour']);
  expect(status).toBe(2);
  expect(stderr).toContain("Unknown option '--colour'");
  expect(stderr).not.toContain('[setup]');
});

test('a task that is asked for work begins by installing', () => {
  const { stderr, status } = setUp(['start']);
  expect(status).toBe(1);
  expect(stderr).toContain('package-lock.json is missing'); // which the copy left out
});

test('a Node that is too old is told which one is needed, with the minor version', () => {
  const asOld = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } })`;
  const { stderr, status } = setUp(['start'], ['--import', `data:text/javascript,${encodeURIComponent(asOld)}`]);
  expect(status).toBe(1);
  expect(stderr).toContain('Roost needs Node 20.19 or newer');
});

test.each([
  ['18.20.1', true],
  ['20.18.9', true],
  ['20.19.0', false],
  ['20.20.2', false],
  ['22.0.0', false],
])('%s is older than 20.19: %s', (version, older) => {
  expect(isOlder(version, '20.19')).toBe(older);
});

test('the README asks for the Node that package.json asks for', () => {
  const minimum = minimumIn(JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } });
  expect(readFileSync('README.md', 'utf8')).toContain(`Node ${minimum} or newer`);
  expect(readFileSync('libs/client/README.md', 'utf8')).toContain(`Node ${minimum} and later`);
});
