import { expect, it } from 'vitest';
import { readArguments } from './options.mjs';

it('has defaults, takes what is given, and asks for help', () => {
  expect(readArguments([])).toEqual({ seeds: 10_000, seed: 1 });
  expect(readArguments(['--seeds', '5', '--seed', '42'])).toEqual({ seeds: 5, seed: 42 });
  expect(readArguments(['--help'])).toBeUndefined();
});

it.each([
  ['--seeds', '0'],
  ['--seed', 'x'],
])('names an option that is wrong: %s %s', (option, word) => {
  expect(() => readArguments([`${option}=${word}`])).toThrow(option);
});
