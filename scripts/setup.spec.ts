import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOlder, minimumIn } from './setup/versions.mjs';

const tasks = ['start', 'test', 'dev', 'cluster', 'migrate', 'bench', 'soak', 'fuzz', 'simulate'];
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
    expect(stdout).toMatch(/npm (run )?(start|test|cluster|migrate|bench|soak|fuzz|simulate).*\n[^]*--help/);
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

test('what somebody else owns is named, with the command that gives it back', () => {
  symlinkSync('/usr', join(clone, 'node_modules'));
  const asAda = 'process.getuid = () => 4242';
  const { stderr, status } = setUp(['start'], ['--import', `data:text/javascript,${encodeURIComponent(asAda)}`]);
  rmSync(join(clone, 'node_modules'));
  expect(status).toBe(1);
  expect(stderr).toMatch(/node_modules: not yours to change, .*sudo/);
  expect(stderr).toContain(`sudo chown -R 4242 '${join(realpathSync(clone), 'node_modules')}'`);
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

test.each([
  ['the shell', { NODE_ENV: 'production', NODE_OPTIONS: '--max-http-header-size=1', npm_config_omit: 'dev' }],
  ['npm', { npm_config_ignore_scripts: 'true', npm_config_production: 'true', npm_config_dry_run: 'true' }],
])('the tools are installed, and Node by its script, whatever %s says', (_who, wishes) => {
  // The build is what comes after Node was found; there is none here.
  expect(startWithPackages(wishes)).toContain('building (npm run build)');
});

test.each([
  ['redis-server', 'Redis server v=5.0.7 sha=00000000:0', 'redis-server 5.0.7; 6.0 or newer is needed'],
  ['nginx', 'nginx version: nginx/1.14.2 (Ubuntu)', 'nginx 1.14.2; 1.18 or newer is needed'],
])('a %s that is too old is named before anything is started', (program, words, refusal) => {
  const old = join(clone, `old-${program}`);
  mkdirSync(old);
  writeFileSync(join(old, program), `#!/bin/sh\necho '${words}' >&2\n`, { mode: 0o755 });
  expect(startWithPackages({ PATH: `${old}:${process.env['PATH']}` })).toContain(refusal);
});

/** What `npm start` says in a clone where npm has one package to install, in place of the npm package `node`. */
function startWithPackages(env: Record<string, string>): string {
  const folder = join(clone, '..', `${basename(clone)}-packages`);
  cpSync(clone, folder, { recursive: true });
  try {
    // Like that one it brings its program by an install script.
    const script = `mkdir -p bin && printf '#!/bin/sh\\necho v24.0.0' > bin/node && chmod +x bin/node`;
    const bin = { node: 'bin/node' };
    const node = { name: 'node', version: '24.0.0', bin };
    writeJson(join(folder, 'stand-in/package.json'), { ...node, scripts: { preinstall: script } });
    const devDependencies = { node: 'file:stand-in' };
    writeJson(join(folder, 'package.json'), {
      engines: { node: '>=20.19' },
      scripts: { build: 'none' },
      devDependencies,
    });
    writeJson(join(folder, 'package-lock.json'), {
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { devDependencies },
        'node_modules/node': { resolved: 'stand-in', link: true },
        'stand-in': { ...node, dev: true, hasInstallScript: true },
      },
    });
    for (const name of ['nest-cli', 'tsconfig.base', 'tsconfig.build']) writeJson(join(folder, `${name}.json`), {});
    const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'scripts/setup.mjs'), 'start'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, ...env },
    });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeJson(file: string, value: object): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
}
