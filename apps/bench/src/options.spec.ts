import { expect, it } from 'vitest';
import { help, readArguments, scenarioNames } from './options.mjs';

it('runs everything by default, and what is asked for', () => {
  expect(readArguments([])).toMatchObject({ only: scenarioNames, rounds: 3, warmUp: 30, people: 2_000, env: {} });
  const asked = ['--only', 'hot, sends', '--warm-up', '0.5', '--people', '40', '--env', 'LOG_LEVEL=warn'];
  expect(readArguments(asked)).toMatchObject({
    only: ['hot', 'sends'],
    warmUp: 0.5,
    people: 40,
    env: { LOG_LEVEL: 'warn' },
  });
  expect(readArguments(['--help'])).toBeUndefined();
});

it.each(scenarioNames)('tells in its help what %s is', (name) => {
  expect(help).toMatch(new RegExp(`^.* ${name} {2,}\\w`, 'm'));
});

it.each([
  ['--only', 'spread'],
  ['--fault', 'flood'],
  ['--seconds', '0'],
  ['--warm-up', '-1'],
  ['--people', '19'],
  ['--env', 'LOG_LEVEL'],
])('names an option that is wrong: %s %s', (option, word) => {
  expect(() => readArguments([`${option}=${word}`])).toThrow(option);
});
