import { expect, test } from 'vitest';
import type { LoadResult } from './generator/messages.js';
import { checkOf, inTurns } from './rounds.js';
import { rowOf } from './rows.js';

test('no column is always the first, and ours stays the one that is divided', async () => {
  const order: string[] = [];
  const rounds = await inTurns(2, ['ours', 'bare'], (column) => {
    order.push(column);
    return Promise.resolve(column === 'ours' ? 1 : 4);
  });
  expect(order).toEqual(['ours', 'bare', 'bare', 'ours']);
  expect(rowOf(rounds, 'sends', '1/s', (value) => value).ratios).toEqual({
    bare: { median: 0.25, lowest: 0.25, highest: 0.25 },
  });
});

const load = (acknowledged: number, unanswered: number, refused: LoadResult['refused']): LoadResult => ({
  seconds: 1,
  acknowledgedInTime: 0,
  deliveredInTime: 0,
  acknowledged,
  delivered: 0,
  refused,
  unanswered,
  acknowledgementMs: { p50: 1, p99: 1, max: 1 },
});

test('a check is over all loads of a group; a refusal is not wrong', () => {
  const loads = [load(5, 0, { 'server/overloaded': 2 }), load(6, 1, { 'server/overloaded': 1, 'rate/limited': 1 })];
  expect(checkOf(loads, { lost: 2, doubled: 0 })).toEqual({
    acknowledged: 11,
    refused: { 'server/overloaded': 3, 'rate/limited': 1 },
    wrong: { lost: 2, doubled: 0, unanswered: 1 },
  });
});
