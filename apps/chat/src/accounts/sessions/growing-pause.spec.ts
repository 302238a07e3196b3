import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RedisClients } from '../../cluster/redis-clients.js';
import { GrowingPause } from './growing-pause.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Redis is away, so that it counts here. */
const pauseAfter = (points: number) =>
  new GrowingPause({ status: 'end' } as RedisClients['publisher'], { keyPrefix: 'test', points, duration: 3_600 });

/** An attempt of a certain outcome: 0 where it was tried, else how long to wait. */
async function attempt(limit: GrowingPause, counts = true, key = 'ada'): Promise<number> {
  const waitMs = await limit.begin(key);
  if (waitMs === 0) await limit.end(key, { counts });
  return waitMs;
}

it('A5 beyond so many failures each has to wait twice as long, and two minutes at most', async () => {
  const limit = pauseAfter(3);
  for (let free = 0; free < 4; free++) expect(await attempt(limit)).toBe(0);
  const waits: number[] = [];
  for (let pause = 0; pause < 10; pause++) {
    const waitMs = await attempt(limit);
    expect(await attempt(limit)).toBe(waitMs); // who asks too early makes it no longer
    waits.push(waitMs / 1_000);
    vi.advanceTimersByTime(waitMs);
    expect(await attempt(limit)).toBe(0);
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 120, 120, 120]);
  expect(await attempt(limit, true, 'grace')).toBe(0);
  vi.advanceTimersByTime(3_600_000);
  for (let free = 0; free < 4; free++) expect(await attempt(limit)).toBe(0);
});

it('A5 what succeeds counts for nothing, and 0 is no limit', async () => {
  const limit = pauseAfter(1);
  for (let count = 0; count < 10; count++) expect(await attempt(limit, false)).toBe(0);
  for (let count = 0; count < 10; count++) expect(await attempt(pauseAfter(0))).toBe(0);
});
