import { expect, it } from 'vitest';
import { RefusalCount } from './refusal-count.js';

const max = 3;
const invalid = {};
const comeBackIn = (retryAfterMs: number) => ({ retryAfterMs });

it('one more than the limit within ten seconds is too many, and old ones are forgotten', () => {
  const count = new RefusalCount(max);
  const at = [0, 1, 2, 10_001, 10_002, 10_003, 10_004];
  expect(at.map((nowMs) => count.add(invalid, 'command', nowMs))).toEqual([...Array<boolean>(6).fill(false), true]);
});

it('who comes when they were told to is never too many', () => {
  const count = new RefusalCount(max);
  for (let nowMs = 0; nowMs < 10_000; nowMs += 100) expect(count.add(comeBackIn(100), 'send', nowMs)).toBe(false);
});

it('who does not wait is', () => {
  const count = new RefusalCount(max);
  const refused = [0, 50, 100, 150, 200].map((nowMs) => count.add(comeBackIn(100), 'send', nowMs));
  // The first is a surprise.
  expect(refused).toEqual([false, false, false, false, true]);
});

it('to wait with one thing is not to wait with the other', () => {
  const count = new RefusalCount(max);
  count.add(comeBackIn(60_000), 'send', 0);
  expect(count.add(comeBackIn(100), 'command', 1)).toBe(false);
  expect([2, 3, 4, 5].map((nowMs) => count.add(comeBackIn(100), 'command', nowMs))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

it('C12 who is too quick for a slow chat never is, and has waited for nothing else', () => {
  const count = new RefusalCount(max);
  for (let nowMs = 0; nowMs < 100; nowMs++)
    expect(count.add({ code: 'chat/slow_mode', retryAfterMs: 60_000 }, 'send', nowMs)).toBe(false);
  expect(count.add(comeBackIn(100), 'send', 100)).toBe(false);
  expect(count.count).toBe(0);
});

it('what may not be tried again counts, whoever waited', () => {
  const count = new RefusalCount(max);
  count.add(comeBackIn(10), 'command', 0);
  expect([100, 200, 300, 400].map((nowMs) => count.add(invalid, 'command', nowMs))).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
