import { expect, it } from 'vitest';
import { readArguments } from './options.mjs';

it('has defaults, takes what is given, and asks for help', () => {
  expect(readArguments([])).toEqual({ minutes: 5, seed: 1 });
  expect(readArguments(['--minutes', '0.5', '--seed', '42'])).toEqual({ minutes: 0.5, seed: 42 });
  expect(readArguments(['--help'])).toBeUndefined();
});

it.each([
  ['--minutes', 'x'],
  ['--seed', '-1'],
])('names an option that is wrong: %s %s', (option, word) => {
  expect(() => readArguments([`${option}=${word}`])).toThrow(option);
});
