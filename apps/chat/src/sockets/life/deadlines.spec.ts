import { expect, it } from 'vitest';
import { Deadlines } from './deadlines.js';

it('nothing is due early, everything once', () => {
  const deadlines = new Deadlines<string>();
  deadlines.set('ada', 10_500);
  deadlines.set('grace', 10_999);
  deadlines.set('linus', 11_001);
  expect(deadlines.takeDue(10_999)).toEqual([]);
  expect(deadlines.takeDue(11_000)).toEqual(['ada', 'grace']);
  expect(deadlines.takeDue(11_999)).toEqual([]);
  expect(deadlines.takeDue(12_000)).toEqual(['linus']);
  expect(deadlines.takeDue(99_000)).toEqual([]);
});

it('a later word counts, and what is forgotten is not due', () => {
  const deadlines = new Deadlines<string>();
  deadlines.set('ada', 5_000);
  deadlines.set('ada', 8_000);
  deadlines.set('grace', 5_000);
  deadlines.delete('grace');
  deadlines.delete('nobody');
  expect(deadlines.takeDue(7_000)).toEqual([]);
  expect(deadlines.takeDue(8_000)).toEqual(['ada']);
  expect(deadlines.size).toBe(0);
});

it('a clock that jumps gives all that it jumped over, earliest first, and what is past already', () => {
  const deadlines = new Deadlines<string>();
  deadlines.set('late', 90_000);
  deadlines.set('early', 1_000);
  deadlines.set('never', 10_000_000);
  expect(deadlines.takeDue(1_000_000)).toEqual(['early', 'late']);
  deadlines.set('past', 2_000);
  expect(deadlines.takeDue(1_000_000)).toEqual(['past']);
  expect(deadlines.size).toBe(1);
});
