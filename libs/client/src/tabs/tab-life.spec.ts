import { beforeEach, afterEach, expect, it } from 'vitest';
import { ManualClock, settle } from '../../test/support/manual-clock.js';
import { Tab } from '../../test/support/tab.js';
import { TabLife } from './tab-life.js';

const never = () => new Promise<never>(() => {});

let all: TabLife[];

beforeEach(() => {
  all = [];
});

afterEach(() => all.forEach((one) => one.leave()));

/** Its time stands still where it is not moved: a machine with much to do gives no lock within 2 s. */
function life(tab = new Tab(), clock = new ManualClock()): TabLife {
  const one = new TabLife(tab.locks, clock);
  all.push(one);
  return one;
}

it('is seen by others from its beginning to its end, and when it begins again', async () => {
  const [one, other] = [life(), life()];
  const isSeen = async () => (await other.others()).includes(one.id);
  expect(await isSeen()).toBe(false);
  await Promise.all([one.begin(), one.begin()]);
  expect([await isSeen(), (await one.others()).includes(one.id)]).toEqual([true, false]);
  one.leave();
  await expect.poll(isSeen).toBe(false);
  await one.begin();
  expect(await isSeen()).toBe(true);
});

it('ends with its tab, which is told to whoever asked, and to nobody who asks no more', async () => {
  const tab = new Tab();
  const [one, other] = [life(tab), life()];
  await one.begin();
  const told: string[] = [];
  other.whenGone(one.id, () => told.push('told'));
  other.whenGone(one.id, () => told.push('told though not waiting'))();
  await settle();
  expect(told).toEqual([]);
  tab.crash();
  await expect.poll(() => told).toEqual(['told']);
});

it('says who is gone to one tab at a time', async () => {
  const [one, other] = [life(), life()];
  for (const each of [one, other]) await each.begin();
  const { promise, resolve } = Promise.withResolvers<void>();
  const order: string[] = [];
  const first = one.alone(async (isGone) => {
    order.push('first');
    await promise;
    return [undefined, 'gone', other.id, one.id].map(isGone);
  });
  const second = other.alone(async () => order.push('second'));
  await expect.poll(() => order).toEqual(['first']);
  resolve();
  expect(await first).toEqual([true, true, false, false]);
  await second;
  expect(order).toEqual(['first', 'second']);
});

it('goes on after 2 s where another tab stands still while it does so, and holds nothing afterwards', async () => {
  const clock = new ManualClock();
  const [still, one] = [life(), life(undefined, clock)];
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const standing = still.alone(() => (begun.resolve(), promise));
  await begun.promise;
  await one.begin();
  let hasWorked = false;
  const worked = one.alone(async () => (hasWorked = true));
  await clock.advance(1_999);
  expect(hasWorked).toBe(false);
  await clock.advance(1);
  await worked;
  resolve();
  await standing;
  expect(await life().alone(async () => 'worked too')).toBe('worked too');
});

it('is not seen where the browser gives no locks, and takes all others for gone', async () => {
  const tab = new Tab();
  tab.refused = '';
  const one = life(tab);
  await expect(one.begin()).rejects.toThrow('not here');
  expect(await one.alone(async (isGone) => isGone('other'))).toBe(true);
});

it('is not seen where the browser does not answer, until it does', async () => {
  const clock = new ManualClock();
  const answers: (() => void)[] = [];
  const request = (_: string, __: object, held: (lock: unknown) => unknown) => {
    answers.push(() => void held({}));
    return never();
  };
  const one = new TabLife({ request, query: never }, clock);
  const worked = one.alone(async (isGone) => isGone('other'));
  const begun = expect(one.begin()).rejects.toThrow('gave no lock in time');
  await clock.advance(2_000);
  await begun;
  expect(await worked).toBe(true);
  expect(answers).toHaveLength(1);
  answers[0]!();
  await one.begin();
});
