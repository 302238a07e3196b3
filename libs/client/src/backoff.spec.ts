import { expect, it } from 'vitest';
import { Backoff } from './backoff.js';

const limits = { baseMs: 100, maxMs: 1_000 };

it('waits anything up to a limit that doubles and stays at its maximum', () => {
  const longest = new Backoff(limits, () => 0.999);
  expect(Array.from({ length: 6 }, () => longest.next())).toEqual([99, 199, 399, 799, 999, 999]);
  const shortest = new Backoff(limits, () => 0);
  expect(Array.from({ length: 6 }, () => shortest.next())).toEqual([0, 0, 0, 0, 0, 0]);
});

it('adds to the time that the server asked for, never takes from it', () => {
  const backoff = new Backoff(limits, () => 0.5);
  expect(backoff.next(2_000)).toBe(2_050);
  expect(backoff.next()).toBe(100);
});

it('begins anew after a success', () => {
  const backoff = new Backoff(limits, () => 0.5);
  backoff.next();
  backoff.next();
  backoff.reset();
  expect(backoff.next()).toBe(50);
});

it('stays a number after any number of failures', () => {
  const backoff = new Backoff(limits, () => 0.5);
  for (let failure = 0; failure < 5_000; failure++) expect(backoff.next()).toBeLessThanOrEqual(500);
});
