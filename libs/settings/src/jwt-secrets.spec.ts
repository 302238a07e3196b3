import { expect, it } from 'vitest';
import { jwtSecretsOf } from './jwt-secrets.js';
import { loadSettings } from './load.js';

const rest = {
  MONGODB_URI: 'mongodb://db/roost',
  REDIS_URL: 'redis://redis',
  FRONTEND_URL: 'https://chat.example.org',
};
const [first, second] = ['a-secret-of-forty-characters-for-the-test', 'another-secret-of-forty-characters-or-so'];

it.each([',', ', ', ' ', '\n', '\n\n'])('several secrets have commas or whitespace between them: %j', (between) => {
  const settings = loadSettings({ ...rest, JWT_SECRETS: `${first}${between}${second}` });
  expect(jwtSecretsOf(settings)).toEqual([first, second]);
  expect(settings.jwtSecret).toBeUndefined();
});

it('a list may be of one, as JWT_SECRET is, which may have commas and spaces in it', () => {
  expect(jwtSecretsOf(loadSettings({ ...rest, JWT_SECRETS: `${second}\n` }))).toEqual([second]);
  const one = `${first}, ${second}`;
  expect(jwtSecretsOf(loadSettings({ ...rest, JWT_SECRET: one }))).toEqual([one]);
});

const list = 'expected different texts of at least 32 characters each, separated by commas or spaces';

it.each([
  ['one that is too short', { JWT_SECRETS: `${second},too-short` }, `is wrong (50 characters, not shown); ${list}`],
  ['one twice', { JWT_SECRETS: `${second},${second}` }, `is wrong (81 characters, not shown); ${list}`],
  ['nothing but commas', { JWT_SECRETS: ' , ' }, `is wrong (3 characters, not shown); ${list}`],
  ['both settings', { JWT_SECRET: first, JWT_SECRETS: second }, 'is set, and so is JWT_SECRETS; expected one of them'],
  ['neither', {}, 'is missing, and so is JWT_SECRETS; expected a text of at least 32 characters, or JWT_SECRETS'],
])('%s is refused', (_title, secrets, problem) => {
  const name = problem.startsWith('is wrong') ? 'JWT_SECRETS' : 'JWT_SECRET';
  const refusal = expect.objectContaining({ problems: [{ name, problem }] });
  expect(() => loadSettings({ ...rest, ...secrets })).toThrow(refusal);
});
