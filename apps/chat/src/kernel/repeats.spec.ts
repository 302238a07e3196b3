import { beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from './clock.js';
import { Turnstile } from './turnstile.js';

const isItsOwn = (failure: unknown): boolean => failure instanceof Error && failure.message === 'refused';
let turnstile: Turnstile;
let begun: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  turnstile = new Turnstile(isItsOwn, systemClock);
  begun = [];
  return () => vi.useRealTimers();
});

/** Says whether it was taken. */
async function ask(name: string | undefined, why?: string): Promise<boolean> {
  const prepare = async () => {
    if (why !== undefined) throw new Error(why);
  };
  const begin = async () => void begun.push(name ?? 'without a name');
  const [outcome] = await Promise.allSettled([turnstile.pass('a', prepare, begin, name)]);
  return outcome.status === 'fulfilled';
}

it('M3 takes nothing more before what failed is repeated, in its order', async () => {
  expect(await ask('one', 'no answer')).toBe(false);
  expect(await ask('two')).toBe(false);
  expect(await ask(undefined)).toBe(false);
  expect(await ask('two')).toBe(false);
  expect(await ask('one')).toBe(true);
  expect(await ask('three')).toBe(false);
  expect(await ask('two')).toBe(true);
  expect(await ask('three')).toBe(true);
  expect(begun).toEqual(['one', 'two', 'three']);
});

it('M3 one that fails again stands where it stood', async () => {
  expect(await ask('one', 'no answer')).toBe(false);
  expect(await ask('two')).toBe(false);
  expect(await ask('one', 'no answer')).toBe(false);
  expect(await ask('two')).toBe(false);
  expect(await ask('one')).toBe(true);
  expect(await ask('two')).toBe(true);
});

it('goes on where a failure says nothing of what comes behind it, and where it has no name', async () => {
  expect(await ask('one', 'refused')).toBe(false);
  expect(await ask(undefined, 'no answer')).toBe(false);
  expect(await ask('two')).toBe(true);
});

it('forgets what nobody repeats, whatever was refused for it meanwhile', async () => {
  expect(await ask('one', 'no answer')).toBe(false);
  for (let refused = 0; refused < 3; refused++) {
    vi.advanceTimersByTime(500);
    expect(await ask(`behind ${refused}`)).toBe(false);
  }
  vi.advanceTimersByTime(500);
  expect(await ask('another')).toBe(true);
});
