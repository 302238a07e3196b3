import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './browser.mjs';
import { isOlder } from './versions.mjs';
import { findProgram } from './paths.mjs';
import { run } from './run.mjs';
import { SetupError, say } from './say.mjs';

/**
 * What is no npm package. `find` gives its path; `brewCask` names an application of macOS that people install themselves.
 */
const program = (name, why, packages) => ({ name, why, find: () => findProgram(name), ...packages });

const redis = program('redis-server', 'carries facts between replicas', {
  apt: 'redis-server',
  brew: 'redis',
  asked: '--version',
  least: '6.0',
});
const nginx = program('nginx', 'stands in front of the replicas', {
  apt: 'nginx',
  brew: 'nginx',
  asked: '-v',
  least: '1.18',
});

/** The two servers of a local cluster. */
export const servers = [redis, nginx];
/** The same for the tests, which also start a Redis Cluster with sharded channels. */
export const serversOfTests = [{ ...redis, least: '7.0' }, nginx];
/** What opens the page in tests. */
export const browser = {
  name: 'Chromium',
  why: 'opens the page in tests',
  find: findBrowser,
  apt: 'chromium',
  byHand: {
    ubuntu:
      'Ubuntu has it only as a snap, which does not run everywhere. Install Google Chrome, and run npm test again:\n' +
      '  curl -LO https://dl.google.com/linux/direct/google-chrome-stable_current_amd64.deb\n' +
      '  sudo apt-get install ./google-chrome-stable_current_amd64.deb\n' +
      'or say with CHROMIUM_BIN where another Chromium is',
    brew: 'run: brew install --cask google-chrome, or say with CHROMIUM_BIN where another Chromium is',
  },
};

/** What checks the alerts for Prometheus in tests; Debian has it in the package of the server, which is not started. */
export const promtool = program('promtool', 'checks the alerts for Prometheus in tests', {
  apt: 'prometheus',
  brew: 'prometheus',
});

/**
 * What the client in Python imports; Debian's packages go with the system's own Python. Where neither is to be had its tests are passed
 * over, with that reason.
 */
export const pythonClient = {
  name: 'python-socketio',
  why: 'is what a client in Python is tested with',
  find: () => ['/usr/bin/python3', 'python3'].find(importsSocketIo),
  apt: ['python3-socketio', 'python3-websocket'],
  optional: true,
};

/** @param {string} python */
function importsSocketIo(python) {
  return spawnSync(python, ['-c', 'import socketio, websocket'], { stdio: 'ignore' }).status === 0;
}

/** Installs those of the programs that are missing from the system's packages; says so first. */
export async function ensureSystemPrograms(programs) {
  const missing = programs.filter(isMissing).filter(isToBeHad);
  if (missing.length > 0) await installAll(missing);
  for (const one of programs) requireVersion(one);
}

async function installAll(missing) {
  for (const { name, why } of missing) say(`${name} is missing; it ${why}`);
  await install(missing);
  const still = missing.filter(isMissing);
  if (still.length > 0) throw new SetupError(`${names(still)}: installed, but not found on the PATH nor in /usr/sbin`);
}

const isMissing = ({ find }) => !find();

const isToBeHad = ({ optional, apt, brew }) => !optional || Boolean(findProgram('apt-get') ? apt : brew);

/** One that does not tell its version in a form known here is tried as it is. */
function requireVersion({ name, find, asked, least }) {
  if (!least) return;
  const path = find();
  const { stdout, stderr } = spawnSync(path, [asked], { encoding: 'utf8' });
  const version = /(?:v=|\/)(\d+\.\d+\.\d+)/.exec(`${stdout}${stderr}`)?.[1];
  if (version && isOlder(version, least)) {
    throw new SetupError(
      `${path} is ${name} ${version}; ${least} or newer is needed. Install a newer one, or put it before this one on the PATH`,
    );
  }
}

async function install(missing) {
  const system = systemHere();
  for (const { name, byHand } of missing) {
    if (byHand?.[system]) throw new SetupError(`${name} has to be installed by hand: ${byHand[system]}`);
  }
  if (system === 'brew') return installWithBrew(missing.map(({ brew }) => brew));
  if (system) return installWithApt(missing.flatMap(({ apt }) => apt));
  throw new SetupError(`no apt-get and no brew here: install ${names(missing)} with this system's own package manager`);
}

/** @returns {'ubuntu' | 'apt' | 'brew' | undefined} whose packages there are */
function systemHere() {
  if (findProgram('apt-get')) return isUbuntu() ? 'ubuntu' : 'apt';
  return findProgram('brew') && 'brew';
}

function isUbuntu() {
  try {
    return /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false; // a system without that file is none of Ubuntu's
  }
}

async function installWithApt(packages) {
  const manual = `apt-get update && apt-get install -y ${packages.join(' ')}`;
  const asRoot = commandAsRoot();
  if (!asRoot) throw new SetupError(`installing needs root, and there is no sudo. Run as root:\n  ${manual}`);
  say(`installing Debian packages ${packages.join(', ')}, without starting services of theirs`);
  const script = fileURLToPath(new URL('./apt-install.sh', import.meta.url));
  const [command, ...args] = [...asRoot, 'sh', script, ...packages];
  const code = await run(command, args);
  if (code !== 0) throw new SetupError(`apt-get ended with ${code}. By hand, as root:\n  ${manual}`);
}

async function installWithBrew(packages) {
  say(`installing Homebrew packages ${packages.join(', ')}`);
  const code = await run(findProgram('brew'), ['install', '--quiet', ...packages]);
  if (code !== 0) throw new SetupError(`brew ended with ${code}. By hand:\n  brew install ${packages.join(' ')}`);
}

/** @returns {string[] | undefined} the words before a command that must run as root; undefined where there is no way */
function commandAsRoot() {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram('sudo');
  if (!sudo) return undefined;
  const withoutPassword = spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  if (withoutPassword) return [sudo, '-n'];
  // Asking for a password needs a person at a terminal; in CI it would wait for ever.
  return process.stdin.isTTY && !process.env.CI ? [sudo] : undefined;
}

function names(list) {
  return list.map(({ name }) => name).join(', ');
}
