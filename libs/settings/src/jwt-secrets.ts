import type { Settings } from './settings-list.js';

/** Of the two, one is set: `loadSettings` sees to that. */
export type JwtSecrets = Partial<Pick<Settings, 'jwtSecret' | 'jwtSecrets'>>;

/** The secrets behind all tokens, whichever way they were set: the first one makes new ones, all are accepted. */
export function jwtSecretsOf({ jwtSecret, jwtSecrets }: JwtSecrets): readonly [string, ...string[]] {
  const [first = jwtSecret, ...others] = jwtSecrets ?? [];
  if (first === undefined) throw new Error('neither JWT_SECRET nor JWT_SECRETS is set');
  return [first, ...others];
}
