import { expect, test } from 'vitest';
import { isMet, median, rowOf } from './results.js';
import type { Target } from './results.js';

const pairs = [
  { ours: 60, bare: 100 },
  { ours: 30, bare: 40 },
  { ours: 70, bare: 100 },
];

test('the ratio is the median of paired rounds, not the ratio of medians', () => {
  const row = rowOf(pairs, 'sends', '1/s', (value) => value);
  expect(row).toMatchObject({ ours: 60, beside: 100, ratio: 0.7, spread: [0.6, 0.75] });
});

test('the median of an even number of values is between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test.each<[Target, boolean]>([
  [{ of: 'ratio', bound: 'at least', value: 0.7 }, true],
  [{ of: 'ratio', bound: 'at least', value: 0.71 }, false],
  [{ of: 'ours', bound: 'at most', value: 60 }, true],
  [{ of: 'ours', bound: 'at most', value: 59 }, false],
])('a target of %o is met: %s', (target, met) => {
  expect(isMet(rowOf(pairs, 'sends', '1/s', (value) => value, target))).toBe(met);
});
