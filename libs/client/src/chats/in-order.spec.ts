import { expect, it } from 'vitest';
import { InOrder } from './in-order.js';

function filled(...places: number[]): InOrder<string> {
  const log = new InOrder<string>();
  for (const place of places) log.add(place, `entry ${place}`);
  return log;
}

it('gives out what follows without a gap, in order, and keeps the rest', () => {
  const log = filled(5, 2, 1);
  expect([...log.ready()]).toEqual(['entry 1', 'entry 2']);
  log.add(2, 'again');
  for (const place of [4, 3]) log.add(place, `entry ${place}`);
  expect([...log.ready()]).toEqual(['entry 3', 'entry 4', 'entry 5']);
  expect(log.position).toBe(5);
});

it('passes over what is empty up to a place that is complete, and goes on from there', () => {
  const log = filled(2, 5, 7);
  expect([...log.ready(4)]).toEqual(['entry 2', 'entry 5']);
  expect(log.position).toBe(5);
  expect([...log.ready(6)]).toEqual(['entry 7']);
  expect([...log.ready(3)]).toEqual([]);
  expect(log.position).toBe(7);
});

it('drops what lies before a new beginning, which may be an earlier one', () => {
  const log = filled(1, 2, 4);
  log.begin(3);
  expect([...log.ready()]).toEqual(['entry 4']);
  log.begin(0);
  log.add(1, 'entry 1');
  expect([...log.ready()]).toEqual(['entry 1']);
});
