import { expect, test } from 'vitest';
import { median, quantilesOf } from './numbers.js';

test('the median of an even number of values is between the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

test('one value of a thousand is the longest and moves nothing else', () => {
  expect(quantilesOf([...Array<number>(999).fill(2), 7_000])).toEqual({ p50: 2, p99: 2, max: 7_000 });
});

test('of nothing there are no quantiles', () => {
  expect(quantilesOf([])).toEqual({ p50: NaN, p99: NaN, max: NaN });
});
