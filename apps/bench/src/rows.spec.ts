import { expect, test } from 'vitest';
import { rowAlone, rowOf, worst } from './rows.js';

const rounds = [
  { ours: 60, bare: 100, corked: 120 },
  { ours: 30, bare: 40, corked: 60 },
  { ours: 70, bare: 100, corked: 100 },
];

test('a ratio is the median of paired rounds, not the ratio of medians, and one to each column', () => {
  const row = rowOf(rounds, 'sends', '1/s', (value) => value);
  expect(row.values).toEqual({ ours: 60, bare: 100, corked: 100 });
  expect(row.ratios).toEqual({
    bare: { median: 0.7, lowest: 0.6, highest: 0.75 },
    corked: { median: 0.5, lowest: 0.5, highest: 0.7 },
  });
});

test('the longest that anybody waited is that of the worst round', () => {
  expect(rowOf(rounds, 'longest', 'ms', (value) => value, worst).values).toEqual({ ours: 70, bare: 100, corked: 120 });
});

test('a figure alone has no ratio', () => {
  expect(rowAlone('ours', [3, 1, 2], 'start', 's')).toMatchObject({ values: { ours: 2 }, ratios: {} });
});
