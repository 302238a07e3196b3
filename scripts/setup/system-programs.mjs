import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findProgram } from './paths.mjs';
import { run } from './run.mjs';
import { SetupError, say } from './say.mjs';

/** What is not an npm package: the two servers of a local cluster. */
const programs = [
  { name: 'redis-server', why: 'carries facts between replicas', apt: 'redis-server', brew: 'redis' },
  { name: 'nginx', why: 'stands in front of the replicas', apt: 'nginx', brew: 'nginx' },
];

/** Installs redis-server and nginx from the system's packages where missing; says so first. */
export async function ensureSystemPrograms() {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  for (const { name, why } of missing) say(`${name} is missing; it ${why}`);
  await install(missing);
  const still = missingPrograms();
  if (still.length > 0) throw new SetupError(`${names(still)}: installed, but not found on the PATH nor in /usr/sbin`);
}

function missingPrograms() {
  return programs.filter(({ name }) => !findProgram(name));
}

async function install(missing) {
  if (findProgram('apt-get')) return installWithApt(missing.map(({ apt }) => apt));
  if (findProgram('brew')) return installWithBrew(missing.map(({ brew }) => brew));
  throw new SetupError(`no apt-get and no brew here: install ${names(missing)} with this system's own package manager`);
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
