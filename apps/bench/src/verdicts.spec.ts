import { expect, test } from 'vitest';
import { rowOf } from './rows.js';
import type { Target } from './targets.js';
import { verdictsOf, wordsOf } from './verdicts.js';

const rows = [rowOf([{ ours: 60, bare: 100 }], 'sends', '1/s', (value) => value)];
const held = (target: Omit<Target, 'row'>, row = 'sends') =>
  verdictsOf({ name: 'sends', columns: ['ours', 'bare'], rows }, [{ row, ...target }])[0]!;

test.each<[Omit<Target, 'row'>, number, boolean]>([
  [{ against: 'bare', bound: 'at least', value: 0.6 }, 0.6, true],
  [{ against: 'bare', bound: 'at least', value: 0.61 }, 0.6, false],
  [{ bound: 'at most', value: 60 }, 60, true],
  [{ bound: 'at most', value: 59 }, 60, false],
])('a target of %o finds %d and is met: %s', (target, found, isMet) => {
  expect(held(target)).toMatchObject({ found, isMet });
});

test('a target whose figure or column was not measured is missed', () => {
  expect(held({ bound: 'at most', value: 60 }, 'sense').isMet).toBe(false);
  expect(held({ against: 'corked', bound: 'at least', value: 0 }).isMet).toBe(false);
});

test('a verdict says what was wanted, of what', () => {
  expect(wordsOf(held({ against: 'bare', bound: 'at least', value: 0.7 }))).toBe('/ bare at least 0.7: MISSED');
  expect(wordsOf(held({ bound: 'at most', value: 70 }))).toBe('at most 70: met');
});
