import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FoldedLines, kindOf } from './folded-lines.js';
import type { Repeats } from './folded-lines.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const minuteMs = 60_000;

it('writes the first of a kind, and once a minute how many followed and under which ids', () => {
  const lines = new FoldedLines(setTimeout);
  const told: Repeats[] = [];
  const seen = (kind: string, id?: string) => lines.isFirst(kind, id, (repeats) => told.push(repeats));
  expect([seen('a', '1'), seen('b', '2'), seen('a', '3'), seen('a', '4')]).toEqual([true, true, false, false]);
  vi.advanceTimersByTime(minuteMs);
  expect(told).toEqual([{ times: 2, correlationIds: ['3', '4'] }]);
  expect(seen('b', '5')).toBe(true);
  expect(seen('a', '6')).toBe(false);
  vi.advanceTimersByTime(minuteMs);
  expect(told.slice(1)).toEqual([{ times: 1, correlationIds: ['6'] }]);
  vi.advanceTimersByTime(minuteMs);
  expect(seen('a', '7')).toBe(true);
});

it('58 of a kind are two lines; no more ids are kept than anybody reads, and no more kinds', () => {
  const lines = new FoldedLines(setTimeout);
  const told: Repeats[] = [];
  const written = Array.from({ length: 500 }, (_, index) => lines.isFirst('same', `${index}`, (one) => told.push(one)));
  expect(written.filter(Boolean)).toHaveLength(1);
  const others = Array.from({ length: 1_000 }, (_, index) =>
    lines.isFirst(`kind ${index}`, undefined, (one) => told.push(one)),
  );
  expect(others.filter(Boolean)).toHaveLength(200);
  vi.advanceTimersByTime(minuteMs);
  expect(told.map(({ times, correlationIds }) => [times, correlationIds.length])).toEqual([
    [499, 100],
    [800, 0],
  ]);
});

const thrownWith = (text: string) => new TypeError(text);

it('two errors are of one kind where they were thrown at the same place, whatever they say', () => {
  expect(kindOf(thrownWith('one'))).toBe(kindOf(thrownWith('other')));
  expect(kindOf(new TypeError('one'))).not.toBe(kindOf(new TypeError('one')));
  expect(kindOf('text')).toBe('string');
});

it('what was counted is told at the end', () => {
  const lines = new FoldedLines(setTimeout);
  const told: Repeats[] = [];
  for (let count = 0; count < 3; count++) lines.isFirst('a', undefined, (repeats) => told.push(repeats));
  lines.tellNow();
  lines.tellNow();
  expect(told).toEqual([{ times: 2, correlationIds: [] }]);
});
