import { expect, it } from 'vitest';
import { readArguments } from './options.mjs';

it('has defaults, takes what is given, and asks for help', () => {
  const own = { minutes: 5, seed: 1, steps: 150, redis: 'classic', walk: false, seconds: 60 };
  expect(readArguments([])).toEqual(own);
  expect(readArguments(['--walk', '--seconds', '20'])).toEqual({ ...own, walk: true, seconds: 20 });
  expect(readArguments(['--minutes', '0.5', '--seed', '42', '--steps', '9', '--redis', 'sharded'])).toEqual({
    minutes: 0.5,
    seed: 42,
    steps: 9,
    redis: 'sharded',
    walk: false,
    seconds: 60,
  });
  expect(readArguments(['--help'])).toBeUndefined();
});

it.each([
  ['--minutes', 'x'],
  ['--seed', '-1'],
  ['--steps', '0'],
  ['--redis', 'none'],
  ['--seconds', '0'],
])('names an option that is wrong: %s %s', (option, word) => {
  expect(() => readArguments([`${option}=${word}`])).toThrow(option);
});
