import { beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { SilenceWatch } from './silence-watch.js';

let clock: ManualClock;
let happened: string[];
let watch: SilenceWatch;

beforeEach(() => {
  clock = new ManualClock();
  happened = [];
  watch = new SilenceWatch(clock, { probe: () => happened.push('probe'), silent: () => happened.push('silent') });
});

it('H9 probes after 9 s without a word, and says after 3 more that it is silent, once', async () => {
  await clock.advance(8_999);
  expect(happened).toEqual([]);
  await clock.advance(1);
  expect(happened).toEqual(['probe']);
  await clock.advance(2_999);
  expect(happened).toEqual(['probe']);
  await clock.advance(1);
  expect(happened).toEqual(['probe', 'silent']);
  await clock.advance(60_000);
  expect(happened).toEqual(['probe', 'silent']);
});

it('H9 probes after 4 s where an answer is due', async () => {
  await clock.advance(5_000);
  watch.asked();
  await clock.advance(3_999);
  expect(happened).toEqual([]);
  await clock.advance(3_001);
  expect(happened).toEqual(['probe', 'silent']);
});

it('H9 goes on where the probe is answered, however long a command takes', async () => {
  watch.asked();
  for (let round = 1; round <= 5; round++) {
    await clock.advance(4_000);
    expect(happened).toEqual(Array.from({ length: round }, () => 'probe'));
    watch.heard();
  }
  watch.settled();
  await clock.advance(8_999);
  expect(happened).toHaveLength(5);
});

it('leaves alone what is heard from', async () => {
  watch.asked();
  for (let second = 0; second < 60; second++) {
    await clock.advance(1_000);
    watch.heard();
  }
  expect(happened).toEqual([]);
});

it('notices the next silence as well', async () => {
  await clock.advance(12_000);
  watch.heard();
  await clock.advance(12_000);
  expect(happened).toEqual(['probe', 'silent', 'probe', 'silent']);
});

it('does not judge by a time in which this program stood still', async () => {
  watch.asked();
  await clock.advance(4_000);
  clock.standStill(60_000);
  await clock.advance(0);
  expect(happened).toEqual(['probe', 'probe']);
  watch.heard();
  await clock.advance(3_999);
  expect(happened).toEqual(['probe', 'probe']);
});

it('says nothing after its end', async () => {
  watch.stop();
  await clock.advance(60_000);
  expect(happened).toEqual([]);
});
