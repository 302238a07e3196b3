import { ChatError } from '@roost/contract';
import { beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import { Marks } from './marks.js';

let clock: ManualClock;
let storage: MemoryStorage;
let sent: string[];
let isOnline: boolean;
let answers: (Error | undefined)[];
let marks: Marks;

beforeEach(() => {
  clock = new ManualClock();
  storage = new MemoryStorage();
  [sent, answers, isOnline] = [[], [], true];
  marks = newMarks();
});

async function send(chatId: string, seq: number): Promise<void> {
  sent.push(`${chatId} ${seq}`);
  const error = answers.shift();
  if (error) throw error;
}

function newMarks(): Marks {
  return new Marks('read/', storage, { isOnline: () => isOnline, send }, { clock, random: () => 0.5 });
}

const kept = async () => Object.fromEntries(await storage.load());

it('tells the first at once, then at most one a second, of several the furthest', async () => {
  for (const seq of [1, 2, 3, 2]) marks.add('a', seq);
  await clock.advance(999);
  expect(sent).toEqual(['a 1']);
  await clock.advance(1);
  expect(sent).toEqual(['a 1', 'a 3']);
  await clock.advance(10_000);
  expect(sent).toHaveLength(2);
  expect(await kept()).toEqual({});
});

it('tells nothing again that is not further, as of an older page', async () => {
  marks.add('a', 5);
  await clock.advance(10_000);
  for (const seq of [1, 5]) marks.add('a', seq);
  await clock.advance(10_000);
  expect([sent, await kept()]).toEqual([['a 5'], {}]);
});

it('keeps what nobody took, across a restart', async () => {
  isOnline = false;
  marks.add('a', 3);
  marks.add('b', 1);
  await clock.advance(10_000);
  expect(sent).toEqual([]);
  isOnline = true;
  const next = newMarks();
  expect(Object.fromEntries(await next.restore())).toEqual({ a: 3, b: 1 });
  await clock.advance(0);
  expect(sent.toSorted()).toEqual(['a 3', 'b 1']);
  expect(await kept()).toEqual({});
});

it('tries again after a failure that may pass, and gives up what was refused for good', async () => {
  answers = [new ChatError('store/unavailable'), undefined, new ChatError('chat/access_denied')];
  marks.add('a', 3);
  await clock.advance(30_000);
  expect(sent).toEqual(['a 3', 'a 3']);
  marks.add('b', 1);
  await clock.advance(30_000);
  expect(sent).toEqual(['a 3', 'a 3', 'b 1']);
  expect(await kept()).toEqual({});
});

it('forgets all when the person leaves', async () => {
  isOnline = false;
  marks.add('a', 3);
  await marks.clear();
  isOnline = true;
  marks.wake();
  await clock.advance(10_000);
  expect([sent, await kept()]).toEqual([[], {}]);
});
