import { beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { ChatWatch } from './chat-watch.js';

let clock: ManualClock;
let overdue: (readonly string[])[];
let watch: ChatWatch;

beforeEach(() => {
  clock = new ManualClock();
  overdue = [];
  watch = new ChatWatch(clock, 2_000, (chatIds) => overdue.push(chatIds));
});

it('S3 names what is behind for 2 s, once', async () => {
  watch.note('a', true);
  await clock.advance(1_999);
  expect(overdue).toEqual([]);
  await clock.advance(1);
  expect(overdue).toEqual([['a']]);
  await clock.advance(10_000);
  expect(overdue).toHaveLength(1);
});

it('M3 says nothing of what came in the other order', async () => {
  watch.note('a', true);
  await clock.advance(1_500);
  watch.note('a', false);
  await clock.advance(1_000);
  watch.note('a', true);
  await clock.advance(1_500);
  watch.note('a', false);
  await clock.advance(10_000);
  expect(overdue).toEqual([]);
});

it('gives each chat its own 2 s', async () => {
  watch.note('a', true);
  await clock.advance(500);
  watch.note('b', true);
  watch.note('a', true);
  await clock.advance(1_500);
  expect(overdue).toEqual([['a']]);
  await clock.advance(500);
  expect(overdue).toEqual([['a'], ['b']]);
});

it('forgets everything when the connection is lost', async () => {
  watch.note('a', true);
  watch.stop();
  await clock.advance(10_000);
  expect(overdue).toEqual([]);
});
