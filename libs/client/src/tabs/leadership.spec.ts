import { afterEach, beforeEach, expect, it } from 'vitest';
import { Tab } from '../../test/support/tab.js';
import { randomId } from '../random-id.js';
import { Leadership } from './leadership.js';

let name: string;
let happened: string[];
let all: Leadership[];

beforeEach(() => {
  name = `leads-${randomId()}`;
  happened = [];
  all = [];
});

afterEach(() => all.forEach((one) => one.resign()));

function candidate(who: string, tab = new Tab()): Leadership {
  const gained = () => happened.push(`${who} gained`);
  const lost = () => happened.push(`${who} lost`);
  const one = new Leadership(tab.locks, name, { gained, lost });
  all.push(one);
  return one;
}

it('is of whoever claims it first, however many do at once', async () => {
  const candidates = ['a', 'b', 'c'].map((who) => candidate(who));
  expect(await Promise.all(candidates.map((one) => one.claim()))).toEqual([true, false, false]);
  expect(await candidates[0]!.claim()).toBe(true);
  expect(happened).toEqual([]);
});

it('passes on when it is resigned, and when the tab is gone, to who has waited longest', async () => {
  const tab = new Tab();
  const [first, second, third] = [candidate('a'), candidate('b', tab), candidate('c')];
  for (const one of [first, second, third]) await one.claim();
  // Claimed again, it is waited for once.
  await third.claim();
  first.resign();
  await expect.poll(() => happened).toEqual(['b gained']);
  tab.crash();
  await expect.poll(() => happened).toContain('c gained');
  expect(third.leads).toBe(true);
});

it('can be taken, which the one that had it is told; that one may wait for it again', async () => {
  const [leader, thief] = [candidate('a'), candidate('b')];
  await leader.claim();
  await thief.claim();
  expect(await thief.take()).toBe(true);
  await expect.poll(() => happened).toEqual(['a lost']);
  expect([leader.leads, await leader.claim()]).toEqual([false, false]);
  thief.resign();
  await expect.poll(() => happened).toEqual(['a lost', 'a gained']);
});

it('is not disturbed by one that has resigned, whatever it still asks', async () => {
  const [leader, over] = [candidate('a'), candidate('b')];
  await leader.claim();
  const claiming = over.claim();
  over.resign();
  expect([await claiming, await over.claim(), await over.take()]).toEqual([false, false, false]);
  expect(await candidate('c').claim()).toBe(false);
  expect([leader.leads, happened]).toEqual([true, []]);
});

it('fails where the browser gives no locks, and leaves nothing unhandled', async () => {
  const tab = new Tab();
  const [leader, one] = [candidate('a'), candidate('b', tab)];
  await leader.claim();
  await one.claim();
  tab.refused = '';
  await expect(one.take()).rejects.toThrow('not here');
  await expect(candidate('c', tab).claim()).rejects.toThrow('not here');
});
