import { expect, it } from 'vitest';
import { Turnstile } from './turnstile.js';

const after = (turns: number) => async () => {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const isItsOwn = (failure: unknown): boolean => failure instanceof Error && failure.message !== 'no answer';

it('M3 begins in the order asked for, however long the preparations take', async () => {
  const turnstile = new Turnstile(isItsOwn);
  const begun: number[] = [];
  const begin = (n: number) => () => Promise.resolve(begun.push(n));
  await Promise.all([5, 1, 3, 0].map((turns, n) => turnstile.pass('a', after(turns), begin(n))));
  expect(begun).toEqual([0, 1, 2, 3]);
});

it('does not wait for the end of what has begun, nor for other keys', async () => {
  const turnstile = new Turnstile(isItsOwn);
  const begun: string[] = [];
  const never = turnstile.pass('a', after(0), () => new Promise<void>(() => begun.push('never ends')));
  await turnstile.pass('a', after(0), async () => void begun.push('second'));
  await turnstile.pass('b', after(0), async () => void begun.push('other'));
  expect(begun).toEqual(['never ends', 'second', 'other']);
  expect(never).toBeInstanceOf(Promise);
});

it('goes on after a preparation or a beginning that failed', async () => {
  const turnstile = new Turnstile(isItsOwn);
  const failed = [
    turnstile.pass(
      'a',
      () => Promise.reject(new Error('prepare')),
      async () => 1,
    ),
    turnstile.pass('a', after(0), () => Promise.reject(new Error('begin'))),
  ];
  const third = turnstile.pass('a', after(0), async () => 3);
  await expect(failed[0]).rejects.toThrow('prepare');
  await expect(failed[1]).rejects.toThrow('begin');
  expect(await third).toBe(3);
});

it('M3 fails those behind one that has to be repeated, unless they have begun, and nobody who asks when all is told', async () => {
  const turnstile = new Turnstile(isItsOwn);
  const begun: number[] = [];
  const begin = (n: number) => async () => void begun.push(n);
  const outcomes = await Promise.allSettled([
    turnstile.pass('a', after(0), () => after(2)().then(() => Promise.reject(new Error('no answer')))),
    turnstile.pass('b', after(5), begin(0)),
    turnstile.pass('a', after(1), begin(1)),
    turnstile.pass('a', after(5), begin(2)),
    turnstile.pass('a', after(0), begin(3)),
  ]);
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([false, true, true, false, false]);
  await turnstile.pass('a', after(0), begin(4));
  expect(new Set(begun)).toEqual(new Set([0, 1, 4]));
});

it('M3 fails those behind one whose preparation has to be repeated', async () => {
  const turnstile = new Turnstile(isItsOwn);
  const outcomes = await Promise.allSettled([
    turnstile.pass(
      'a',
      () => Promise.reject(new Error('no answer')),
      async () => 1,
    ),
    turnstile.pass('a', after(0), async () => 2),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
