import { ChatError, limits } from '@roost/contract';
import { beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { WatchedPeople } from './watched-people.js';

let clock: ManualClock;
let asked: (readonly string[])[];
let failures: Error[];
let isOnline: boolean;
let people: WatchedPeople;

beforeEach(() => {
  clock = new ManualClock();
  [asked, failures, isOnline] = [[], [], true];
  people = new WatchedPeople(ask, { clock, random: () => 0.5 });
});

async function ask(userIds: readonly string[]): Promise<never[]> {
  asked.push(userIds);
  const failure = failures.shift();
  if (failure) throw failure;
  return [];
}

const askAll = () => void people.askAll(() => isOnline);

it('asks once for each, and again on the next connection', async () => {
  expect(people.add(['ada', 'grace'])).toBe(true);
  askAll();
  await clock.advance(0);
  expect(people.add(['grace'])).toBe(false);
  people.add(['linus']);
  askAll();
  await clock.advance(0);
  expect(asked).toEqual([['ada', 'grace'], ['linus']]);
  people.forgotten();
  askAll();
  await clock.advance(0);
  expect(asked[2]).toEqual(['ada', 'grace', 'linus']);
});

it('asks for many in parts, and keeps those that were added last', async () => {
  people.add(Array.from({ length: limits.presenceWatched + 50 }, (_, index) => `person ${index}`));
  askAll();
  await clock.advance(0);
  expect(Math.max(...asked.map(({ length }) => length))).toBe(limits.presenceUsers);
  people.forgotten();
  asked = [];
  askAll();
  await clock.advance(0);
  expect(asked.flat()).toHaveLength(limits.presenceWatched);
  expect(asked.flat()[0]).toBe('person 50');
});

it('tries again after a failure that may pass, while there is a connection, and not after another', async () => {
  failures = [new ChatError('rate/limited', { retryAfterMs: 700 })];
  people.add(['ada']);
  askAll();
  await clock.advance(600);
  expect(asked).toHaveLength(1);
  await clock.advance(1_000);
  expect(asked).toHaveLength(2);
  failures = [new ChatError('command/unknown')];
  people.add(['grace']);
  askAll();
  await clock.advance(60_000);
  expect(asked).toHaveLength(3);
  isOnline = false;
  people.add(['linus']);
  askAll();
  await clock.advance(60_000);
  expect(asked).toHaveLength(3);
});
