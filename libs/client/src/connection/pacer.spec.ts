import { ChatError } from '@roost/contract';
import { beforeEach, expect, it } from 'vitest';
import { ManualClock, settle } from '../../test/support/manual-clock.js';
import { NoAnswer } from '../failures.js';
import { Pacer } from './pacer.js';

const limits = {
  sendsPerS: 10,
  sendsBurst: 30,
  commandsPerS: 20,
  commandsBurst: 60,
  refusalsPer10S: 100,
  maxFrameBytes: 1,
  textMax: 1,
  syncChats: 1,
  joinedChatsMax: 1,
  pageBytes: 1,
};

let clock: ManualClock;
let pacer: Pacer;
let passed: string[];

beforeEach(() => {
  clock = new ManualClock();
  pacer = new Pacer(clock);
  passed = [];
});

/** Asks for a turn; `label` is in `passed` once it had one. */
const ask = (name: 'message:send' | 'chat:join' | 'sync', request: object = {}, label: string = name) =>
  pacer.turn(name, request, 600_000).then(
    () => passed.push(label),
    () => passed.push(`${label} gave up`),
  );
const many = (count: number, name: 'message:send' | 'chat:join') => {
  for (let index = 0; index < count; index++) ask(name).catch(() => undefined);
};
const countPassed = () => passed.length;
const limited = (retryAfterMs: number) => new ChatError('rate/limited', { retryAfterMs });

it('A5 lets pass what the server takes, and keeps something back for other devices', async () => {
  pacer.limits(limits);
  many(150, 'message:send');
  await settle();
  expect(countPassed()).toBe(24);
  await clock.advance(5_000);
  expect(countPassed()).toBe(24 + 40);
  await clock.advance(60_000);
  expect(countPassed()).toBe(150);
});

it('a server that tells no limits keeps nobody waiting, nor does one that has none', async () => {
  pacer.limits(undefined);
  many(200, 'message:send');
  pacer.limits({ ...limits, commandsPerS: undefined, commandsBurst: undefined });
  many(200, 'chat:join');
  await settle();
  expect(countPassed()).toBe(400);
});

it('what is used stays used on another connection', async () => {
  pacer.limits(limits);
  many(24, 'message:send');
  pacer.limits(limits);
  many(1, 'message:send');
  await settle();
  expect(countPassed()).toBe(24);
});

it('sends and other commands wait for turns of their own, and catching up goes first', async () => {
  pacer.limits(limits);
  many(30, 'message:send');
  many(60, 'chat:join');
  await settle();
  passed = [];
  ask('sync').catch(() => undefined);
  await clock.advance(130);
  expect(passed.toSorted()).toEqual(['chat:join', 'message:send', 'sync']);
  expect(passed.indexOf('sync')).toBeLessThan(passed.indexOf('chat:join'));
});

it('A5 many chats in one request weigh more', async () => {
  pacer.limits(limits);
  const chats = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [String(index), {}]));
  ask('sync', { chats }).catch(() => undefined);
  ask('sync', { chats }).catch(() => undefined);
  ask('sync', { chats }).catch(() => undefined);
  await settle();
  expect(countPassed()).toBe(2);
  await clock.advance(1_000);
  expect(countPassed()).toBe(3);
});

it('waits as long as the server says where it was refused all the same', async () => {
  pacer.limits(limits);
  const refused = pacer.inTurn('message:send', {}, 10_000, () => Promise.reject(limited(3_000)));
  await expect(refused).rejects.toMatchObject({ code: 'rate/limited' });
  many(5, 'message:send');
  many(1, 'chat:join');
  await clock.advance(2_900);
  expect(passed).toEqual(['chat:join']);
  await clock.advance(1_000);
  expect(countPassed()).toBe(6);
});

it('A5 asks again what was refused for its rate, as long as there is time', async () => {
  pacer.limits(limits);
  const forbidden = new ChatError('chat/access_denied');
  await expect(pacer.inTurn('chat:join', {}, 10_000, () => Promise.reject(forbidden))).rejects.toBe(forbidden);
  const answers = [() => Promise.reject(limited(3_000)), () => Promise.resolve('joined')];
  const joined = pacer.inTurn('chat:join', {}, 10_000, () => answers.shift()!());
  await clock.advance(2_900);
  expect(answers).toHaveLength(1);
  await clock.advance(200);
  expect(await joined).toBe('joined');
  const never = pacer.inTurn('chat:join', {}, 2_000, () => Promise.reject(limited(3_000)));
  await expect(never).rejects.toMatchObject({ code: 'rate/limited' });
});

it('who has waited for too long gives up, and takes nobody’s turn', async () => {
  pacer.limits(limits);
  many(24, 'message:send');
  const late = pacer.turn('message:send', {}, 50);
  const next = pacer.turn('message:send', {}, 10_000);
  await Promise.all([expect(late).rejects.toBeInstanceOf(NoAnswer), clock.advance(100)]);
  await clock.advance(25);
  expect(await next).toBe(9_875);
});

it('A5 who is refused again and again asks no more often than the server takes, and goes on', async () => {
  pacer.limits({ ...limits, commandsPerS: undefined, commandsBurst: undefined });
  const refused: number[] = [];
  const refuse = () => {
    refused.push(clock.now());
    return Promise.reject(new ChatError('chat/access_denied'));
  };
  const asked = Array.from({ length: 250 }, () => pacer.inTurn('chat:join', {}, 600_000, refuse).catch(() => {}));
  await settle();
  expect(refused).toHaveLength(80);
  await clock.advance(10_000);
  expect(refused).toHaveLength(80);
  await clock.advance(24_000);
  await Promise.all(asked);
  expect(refused).toHaveLength(250);
});

it('A5 who waits for that for too long gives up, and what is on its way may be refused as well', async () => {
  pacer.limits({ ...limits, commandsPerS: undefined, commandsBurst: undefined, refusalsPer10S: 10 });
  let underWay = 0;
  const hang = () => (underWay++, new Promise<never>(() => {}));
  const asked = Array.from({ length: 9 }, () => pacer.inTurn('chat:join', {}, 5_000, hang));
  for (const one of asked) one.catch(() => {});
  await settle();
  expect(underWay).toBe(8);
  await clock.advance(5_000);
  await expect(asked[8]).rejects.toBeInstanceOf(NoAnswer);
});
