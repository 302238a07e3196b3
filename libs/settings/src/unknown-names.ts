import { editDistance } from './edit-distance.js';
import type { SettingProblem } from './settings-error.js';
import { settingsList } from './settings-list.js';

const knownNames: readonly string[] = settingsList.map(({ name }) => name);
const known = new Set(knownNames);

/** People put it before a name of ours; other programs of theirs may have it too. */
const ownPrefix = 'ROOST_';

/** What `.env` holds for docker-compose.yml, for Docker Compose itself and for the set-up, beside settings of replicas. */
const ofTheRepository = new Set([
  'WEB_PORT',
  'TLS_CERT',
  'TLS_KEY',
  'TLS_PORT',
  'TLS_FOLDER',
  'MONGOD_BIN',
  'CHROMIUM_BIN',
  'NODE_COMPILE_CACHE',
]);
const ofCompose = /^(COMPOSE|DOCKER|BUILDKIT|BUILDX)_/;

/**
 * What Kubernetes and Docker links add for a service called `redis` or `roost`:
 * REDIS_SERVICE_HOST, REDIS_SERVICE_PORT_HTTP, REDIS_PORT, REDIS_PORT_6379_TCP_ADDR, …
 */
const serviceLink = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/;

/**
 * Names in the process environment that were surely meant as a setting: a slip of the finger away from one, or one with our
 * prefix. The rest of an environment (PATH, HOME, npm_config_…) is none of our business.
 */
export function findMistakenNames(env: NodeJS.ProcessEnv): SettingProblem[] {
  return unknownNames(env)
    .map((name) => ({ name, meant: nearestName(name) }))
    .filter(({ meant }) => meant !== undefined)
    .map(({ name, meant }) => unknownName(name, meant));
}

/** Names in the process environment that look like ours and like no setting: worth a warning, for they change nothing. */
export function findNamesWithOurPrefix(env: NodeJS.ProcessEnv = process.env): string[] {
  return unknownNames(env).filter((name) => name.startsWith(ownPrefix) && nearestName(name) === undefined);
}

/** Names in a `.env` file that nothing here knows: that file is ours, so there every one is a mistake. */
export function findUnknownNames(file: NodeJS.ProcessEnv): SettingProblem[] {
  return Object.keys(file)
    .filter((name) => !isKnown(name))
    .map((name) => unknownName(name, nearestName(name), ' (in .env)'));
}

const isKnown = (name: string) => known.has(name) || ofTheRepository.has(name) || ofCompose.test(name);

const unknownNames = (env: NodeJS.ProcessEnv) =>
  Object.entries(env).flatMap(([name, value]) => (isKnown(name) || isServiceLink(name, value) ? [] : [name]));

/** The value stays unsaid: a misspelled JWT_SECRET carries a secret too. */
function unknownName(name: string, meant: string | undefined, where = ''): SettingProblem {
  return { name, problem: `is not a setting${where}${meant === undefined ? '' : `; did you mean ${meant}?`}` };
}

function isServiceLink(name: string, value: string | undefined): boolean {
  return serviceLink.test(name) || (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value ?? ''));
}

/** The setting that a name was surely meant to be; undefined where it looks like somebody else's. */
function nearestName(name: string): string | undefined {
  if (name.startsWith(ownPrefix)) return nearestName(name.slice(ownPrefix.length));
  const slips = knownNames.filter((candidate) => isSlip(name, candidate));
  const [nearest] = slips.toSorted((a, b) => editDistance(name, a) - editDistance(name, b));
  return nearest ?? knownNames.find((candidate) => isPart(name, candidate));
}

/** One slip for short names (HOME is two away from HOST), two for long ones. */
function isSlip(name: string, candidate: string): boolean {
  const slips = candidate.length < 8 ? 1 : 2;
  return Math.abs(candidate.length - name.length) <= slips && editDistance(name, candidate) <= slips;
}

const unit = /_(MS|S|SECS?|SECONDS?|MINS?|MINUTES?|HOURS?|DAYS?|BYTES|KB|KIB|MB|MIB|MAX)$/;

/**
 * The same but for its unit or its limit (ACCESS_TOKEN_TTL, ACCESS_TOKEN_TTL_MINUTES), or but for its first word
 * (TOKEN_TTL_SECONDS). Only where enough words are left to be no accident.
 */
function isPart(name: string, candidate: string): boolean {
  const stem = withoutUnit(name);
  const sameStem = stem === withoutUnit(candidate) && stem.includes('_');
  const withoutFirst = candidate.slice(candidate.indexOf('_') + 1);
  return sameStem || (name === withoutFirst && name.split('_').length > 2);
}

function withoutUnit(name: string): string {
  const shorter = name.replace(unit, '');
  return shorter === name ? name : withoutUnit(shorter);
}
