import { beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { Typing } from './typing.js';

let clock: ManualClock;
let said: string[];
let lapsed: string[];
let typing: Typing;

beforeEach(() => {
  clock = new ManualClock();
  [said, lapsed] = [[], []];
  typing = new Typing(clock, {
    say: (hint, chatId) => said.push(`${hint} ${chatId}`),
    lapsed: (chatId, userId) => lapsed.push(`${userId} in ${chatId}`),
  });
});

it('R4 says that one is writing once, and again while it goes on', async () => {
  for (let count = 0; count < 60; count++) {
    typing.goesOn('a');
    await clock.advance(100);
  }
  typing.goesOn('b');
  expect(said).toEqual(['typing:start a', 'typing:start a', 'typing:start b']);
});

it('R4 says that one has stopped where others may still see it, and not where a message says so', async () => {
  typing.ends('a', false);
  typing.goesOn('a');
  typing.ends('a', false);
  typing.ends('a', false);
  expect(said).toEqual(['typing:start a', 'typing:stop a']);
  typing.goesOn('a');
  await clock.advance(1_000);
  typing.goesOn('a');
  typing.ends('a', true);
  typing.ends('a', false);
  typing.goesOn('b');
  await clock.advance(6_000);
  typing.ends('b', false);
  expect(said.slice(2)).toEqual(['typing:start a', 'typing:start b']);
});

const heard = (userId: string, isTyping: boolean) => typing.heard({ chatId: 'a', userId, typing: isTyping });

it('R4 others have stopped 6 s after they were heard of last', async () => {
  heard('grace', true);
  heard('linus', true);
  await clock.advance(3_000);
  heard('grace', true);
  await clock.advance(3_000);
  expect(lapsed).toEqual(['linus in a']);
  heard('grace', false);
  await clock.advance(10_000);
  expect(lapsed).toEqual(['linus in a']);
});

it('R4 forgets all with the connection', async () => {
  typing.goesOn('a');
  typing.heard({ chatId: 'a', userId: 'grace', typing: true });
  typing.stop();
  typing.goesOn('a');
  await clock.advance(10_000);
  expect([said, lapsed]).toEqual([['typing:start a', 'typing:start a'], []]);
});
