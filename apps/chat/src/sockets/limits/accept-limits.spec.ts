import type { Settings } from '@roost/settings';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../kernel/clock.js';
import type { ChatServer } from '../../kernel/chat-socket.js';
import { AcceptLimits } from './accept-limits.js';

const limitsAt = (clientsCount: number, { socketsMax = 0, acceptsPerS = 0 }) => {
  const limits = new AcceptLimits({ socketsMax, acceptsPerS } as Settings, systemClock);
  limits.attach({ engine: { clientsCount } } as ChatServer);
  return limits;
};
const overloaded = expect.objectContaining({ code: 'server/overloaded' });

/** So many at once at a replica that lets in ten a second; and how many were let in by when. */
async function storm(count: number, limits = limitsAt(1, { acceptsPerS: 10 })) {
  const outcomes = Array.from({ length: count }, () => limits.admit().then(() => Date.now(), String));
  const beganMs = Date.now();
  await vi.advanceTimersByTimeAsync(10_000);
  const ended = await Promise.all(outcomes);
  const admitted = ended.filter((one) => typeof one === 'number').map((at) => at - beganMs);
  return { limits, admitted, refused: ended.filter((one) => typeof one === 'string') };
}

it('the last place is taken, the next one is told to come back', async () => {
  await expect(limitsAt(10, { socketsMax: 10 }).admit()).resolves.toBeUndefined();
  await expect(limitsAt(11, { socketsMax: 10 }).admit()).rejects.toEqual(overloaded);
});

it('G7 somebody new is better sent elsewhere while this replica has more than its share, and is let in all the same', async () => {
  const limits = limitsAt(9, {});
  limits.setPrefersOthers(true);
  expect([limits.takesNew(), limits.isFit]).toEqual([false, true]);
  await expect(limits.admit()).resolves.toBeUndefined();
  limits.setPrefersOthers(false);
  expect(limits.takesNew()).toBe(true);
});

it('G7 a replica that is going, is not ready, or lets people wait is not fit to be sent more', async () => {
  const limits = limitsAt(1, { acceptsPerS: 10 });
  expect(limits.isFit).toBe(true);
  await limits.admit();
  expect(limits.isFit).toBe(false);
  const unready = limitsAt(1, {});
  unready.setReady(false);
  const going = limitsAt(1, {});
  going.close();
  expect([unready.isFit, going.isFit]).toEqual([false, false]);
});

it('somebody new is better sent elsewhere while this replica is full, not ready or going', () => {
  expect(limitsAt(10, { socketsMax: 10 }).takesNew()).toBe(false);
  const limits = limitsAt(9, { socketsMax: 10 });
  expect(limits.takesNew()).toBe(true);
  limits.setReady(false);
  expect(limits.takesNew()).toBe(false);
  limits.setReady(true);
  expect(limits.takesNew()).toBe(true);
  limits.close();
  expect(limits.takesNew()).toBe(false);
});

describe('a storm', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is let in one after the other for two seconds, and the rest is told to come back', async () => {
    const { admitted, refused } = await storm(30);
    expect(admitted).toHaveLength(21);
    expect(admitted[0]).toBe(0);
    expect(admitted.at(-1)).toBe(2_000);
    expect(admitted.filter((ms) => ms <= 1_000)).toHaveLength(11);
    expect(new Set(refused.map((one) => one.split(':')[0])).size).toBe(1);
    expect(refused).toHaveLength(9);
  });

  it('is told to go elsewhere, also who waits, by a replica that goes', async () => {
    const limits = limitsAt(1, { acceptsPerS: 10 });
    setTimeout(() => limits.close(), 950);
    const { admitted, refused } = await storm(21, limits);
    expect([admitted.length, refused.length]).toEqual([10, 11]);
    await expect(limits.admit()).rejects.toMatchObject({ code: 'server/draining' });
  });
});

it('connections that do not say who they are have some room, and an end', () => {
  expect(limitsAt(1_009, { socketsMax: 10 }).mayConnect()).toBe(true);
  expect(limitsAt(1_010, { socketsMax: 10 }).mayConnect()).toBe(false);
});

it('0 turns a limit off', async () => {
  const limits = limitsAt(1_000_000, {});
  await Promise.all(Array.from({ length: 10_000 }, () => limits.admit()));
  expect(limits.mayConnect()).toBe(true);
});
