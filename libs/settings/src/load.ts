import { readEnvFile } from './env-file.js';
import { camelCase } from './names.js';
import { redactUrl } from './redact.js';
import { nodeEnvironments, type NodeEnvironment, type Setting } from './setting.js';
import { SettingsError, type SettingProblem } from './settings-error.js';
import { settingsList, type Settings } from './settings-list.js';
import { findMistakenNames, findUnknownNames } from './unknown-names.js';

const shownCharacters = 80;

/**
 * Reads every setting once, at start, and freezes the result. An empty value counts as not set.
 * With `NODE_ENV=development` a `.env` file in `directory` fills what the environment leaves open.
 *
 * @throws SettingsError that lists all that is wrong: missing, malformed, out of range, unknown
 */
export function loadSettings(env: NodeJS.ProcessEnv = process.env, directory: string = process.cwd()): Settings {
  const file = env['NODE_ENV'] === 'development' ? readEnvFile(directory) : {};
  const problems = [...findMistakenNames(env), ...findUnknownNames(file)];
  const nodeEnv = nodeEnvironments.find((name) => name === env['NODE_ENV']) ?? 'production';
  const values: Record<string, unknown> = {};
  const textOf = (name: string) => env[name] || file[name];
  for (const one of settingsList) {
    const result = parse(one, textOf(one.name) || defaultOf(one, nodeEnv));
    if (result.ok) values[camelCase(one.name)] = Object.freeze(result.value);
    else problems.push(result.problem);
  }
  problems.push(...findWrongChoices(textOf));
  if (problems.length > 0) throw new SettingsError(problems);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- type and values both come from settingsList
  return Object.freeze(values) as Settings;
}

/** What a setting is when nobody sets it, as text; `undefined` when somebody has to. */
function defaultOf(one: Setting, nodeEnv: NodeEnvironment): string | undefined {
  const value = one.defaultIn?.[nodeEnv] ?? one.default;
  return typeof value === 'object' ? value.compute() : value;
}

type Parsed = { ok: true; value: unknown } | { ok: false; problem: SettingProblem };

function parse(one: Setting, text: string | undefined): Parsed {
  const expected = `expected ${one.schema.description}`;
  if (text === undefined && one.schema.safeParse(undefined).success) return { ok: true, value: undefined };
  if (text === undefined) return { ok: false, problem: { name: one.name, problem: `is missing; ${expected}` } };
  const parsed = one.schema.safeParse(text);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problem: { name: one.name, problem: `is ${shown(one, text)}; ${expected}` } };
}

/** Of two settings that exclude each other, both or none were set. Told once a pair, with the first of them. */
function findWrongChoices(textOf: (name: string) => string | undefined): SettingProblem[] {
  const all: readonly Setting[] = settingsList;
  return all.flatMap(({ name, schema, instead }, index) => {
    const isFirst = all.findIndex((one) => one.name === instead) > index;
    if (!instead || !isFirst || Boolean(textOf(name)) !== Boolean(textOf(instead))) return [];
    const problem = textOf(name)
      ? `is set, and so is ${instead}; expected one of them`
      : `is missing, and so is ${instead}; expected ${schema.description}, or ${instead}`;
    return [{ name, problem }];
  });
}

/** A wrong value as far as it may be told. */
function shown(one: Setting, text: string): string {
  if (one.secret === 'whole') return `wrong (${text.length} characters, not shown)`;
  const safe = one.secret === 'credentials' ? redactUrl(text) : text;
  return JSON.stringify(safe.length > shownCharacters ? `${safe.slice(0, shownCharacters)}…` : safe);
}
