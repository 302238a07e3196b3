import { editDistance } from './edit-distance.js';
import type { SettingProblem } from './settings-error.js';
import { settingsList } from './settings-list.js';

const knownNames: readonly string[] = settingsList.map(({ name }) => name);
const known = new Set(knownNames);

/** The prefix that is ours alone: an unknown name behind it can only be a mistake. */
const ownPrefix = 'ROOST_';

/**
 * What Kubernetes and Docker links add for a service called `redis` or `roost`:
 * REDIS_SERVICE_HOST, REDIS_SERVICE_PORT_HTTP, REDIS_PORT, REDIS_PORT_6379_TCP_ADDR, …
 */
const serviceLink = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)$/;

/**
 * Names in the process environment that were surely meant as a setting: ours by prefix, or a slip of the finger
 * away from one. The rest of an environment (PATH, HOME, npm_config_…) is none of our business.
 */
export function findMistakenNames(env: NodeJS.ProcessEnv): SettingProblem[] {
  return Object.entries(env)
    .filter(([name, value]) => !known.has(name) && !isServiceLink(name, value))
    .map(([name]) => ({ name, meant: nearestName(name) }))
    .filter(({ name, meant }) => name.startsWith(ownPrefix) || meant !== undefined)
    .map(({ name, meant }) => unknownName(name, meant));
}

/** Names in a `.env` file that are no setting: that file is ours, so there every one is a mistake. */
export function findUnknownNames(file: NodeJS.ProcessEnv): SettingProblem[] {
  return Object.keys(file)
    .filter((name) => !known.has(name))
    .map((name) => unknownName(name, nearestName(name), ' (in .env)'));
}

/** The value stays unsaid: a misspelled JWT_SECRET carries a secret too. */
function unknownName(name: string, meant: string | undefined, where = ''): SettingProblem {
  return { name, problem: `is not a setting${where}${meant === undefined ? '' : `; did you mean ${meant}?`}` };
}

function isServiceLink(name: string, value: string | undefined): boolean {
  return serviceLink.test(name) || (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value ?? ''));
}

/** The setting that a name was surely meant to be; undefined where it looks like somebody else's. */
function nearestName(name: string): string | undefined {
  return (
    knownNames.find((candidate) => isSlip(name, candidate)) ?? knownNames.find((candidate) => isPart(name, candidate))
  );
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
