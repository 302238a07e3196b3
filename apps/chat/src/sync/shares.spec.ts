import { expect, it } from 'vitest';
import { sharesOf } from './shares.js';

it.each([
  [[5, 5, 5], 9, [3, 3, 3]],
  [[100, 2, 3], 20, [15, 2, 3]],
  [[5, 0, 5], 3, [2, 0, 1]],
  [[1, 1, 1, 1], 2, [1, 1, 0, 0]],
  [[2, 3], 50, [2, 3]],
  [[], 10, []],
  [[5], 0, [0]],
])('of %j entries wanted, %i give %j', (wants, total, shares) => {
  expect(sharesOf(wants, total)).toEqual(shares);
});
