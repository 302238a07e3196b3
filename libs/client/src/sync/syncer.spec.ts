import { ChatError, limits } from '@roost/contract';
import type { Chat, ChatSync, Position } from '@roost/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../../test/support/manual-clock.js';
import { NoAnswer } from '../failures.js';
import type { ClientEvent } from '../state/events.js';
import { noOwn } from '../state/own.js';
import type { ChatState, State } from '../state/state.js';
import { Syncer } from './syncer.js';
import type { AskSync } from './syncer.js';
import { withEntry, noPieces } from '../state/pieces.js';
import type { Pieces } from '../state/pieces.js';

type Answer = Record<string, ChatSync>;
interface Asked {
  readonly chats: Readonly<Record<string, Position>>;
  readonly includeNew: boolean;
  readonly newAfter?: string;
}

const more = (seq: number): ChatSync => ({ seq, rev: 0, messages: [], changes: [], more: true });
const done = (seq: number): ChatSync => ({ ...more(seq), more: false });

/** In an answer: there are more new chats than it tells. */
const moreNew = 'more new';
/** In an answer: the list of new chats goes on. */
const nextPage = 'next page';

let clock: ManualClock;
let asked: Asked[];
let answers: (Answer | Error)[];
let known: Map<string, Position>;
/** What each answer was applied with. */
let sinces: [string, Position | undefined][];
let syncer: Syncer;
let hasMoreChats: boolean;

beforeEach(() => {
  clock = new ManualClock();
  asked = [];
  answers = [];
  known = new Map();
  sinces = [];
  hasMoreChats = false;
  syncer = new Syncer(store, ask, { clock, random: () => 0.5 });
});

const ask: AskSync = async (positions, { includeNew, newAfter }) => {
  asked.push({ chats: positions, includeNew, ...(newAfter !== undefined && { newAfter }) });
  await Promise.resolve();
  const answer = answers.shift() ?? {};
  if (answer instanceof Error) throw answer;
  const { [moreNew]: isMore, [nextPage]: next, ...told } = answer;
  return { chats: told, ...(isMore && { more: true }), ...(next && { next: 'cursor' }) };
};

/** A state with no more in it than where each chat is. */
const store = {
  getSnapshot: () => {
    const all = [...known].map(([id, { seq, rev }]) => ({ id, lastSeq: seq, rev }) as Chat);
    const chats = all.reduce<Pieces<ChatState>>(
      (one, chat) => withEntry(one, chat.id, { chat } as ChatState),
      noPieces,
    );
    return { chats, list: all, hasMoreChats, own: noOwn } as Partial<State> as State;
  },
  dispatch: (event: ClientEvent) => {
    if (event.type === 'listed') hasMoreChats = event.hasMore;
    if (event.type !== 'synced') return;
    const { chatId, answer, since } = event;
    sinces.push([chatId, since]);
    if ('seq' in answer) known.set(chatId, { seq: answer.seq, rev: answer.rev });
    else known.set(chatId, { seq: 0, rev: 0 });
  },
};

/** A page of the list of all chats that is not the last. */
const page = (...names: string[]): Answer => ({
  ...Object.fromEntries(names.map((name) => [name, done(0)])),
  ...({ [nextPage]: true } as object),
});

const forever = () => new AbortController().signal;

describe('S1 catching up', () => {
  it('asks for all that is known and what is new, then for the rest of those that have more', async () => {
    known.set('a', { seq: 5, rev: 1 }).set('b', { seq: 7, rev: 0 });
    answers.push({ a: more(105), b: done(8) }, { a: done(120) });
    await syncer.catchUp(forever());
    expect(asked).toEqual([
      { chats: { a: { seq: 5, rev: 1 }, b: { seq: 7, rev: 0 } }, includeNew: true },
      { chats: { a: { seq: 105, rev: 0 } }, includeNew: false },
    ]);
  });

  it('says with each answer from where it was asked: it is all there is from there on', async () => {
    known.set('a', { seq: 5, rev: 1 });
    answers.push({ a: more(105), b: { chat: {} as never } }, { a: done(120) });
    await syncer.catchUp(forever());
    expect(sinces).toEqual([
      ['a', { seq: 5, rev: 1 }],
      ['b', undefined],
      ['a', { seq: 105, rev: 0 }],
    ]);
  });

  it('asks again for chats that had no room in an answer, at once', async () => {
    known.set('a', { seq: 5, rev: 0 }).set('b', { seq: 7, rev: 0 });
    answers.push({ a: done(9), b: more(7) }, { b: done(8) });
    await syncer.catchUp(forever());
    expect(asked.map((one) => Object.keys(one.chats))).toEqual([['a', 'b'], ['b']]);
  });

  it('does not ask in a circle where answers bring nothing', async () => {
    known.set('a', { seq: 5, rev: 0 });
    answers.push(...Array.from({ length: 3 }, () => ({ a: more(5) })), { a: done(6) });
    const caughtUp = syncer.catchUp(forever());
    await settle();
    expect(asked).toHaveLength(1);
    await clock.advance(60_000);
    await caughtUp;
    expect(asked).toHaveLength(4);
  });

  it('asks also where nothing is known', async () => {
    await syncer.catchUp(forever());
    expect(asked).toEqual([{ chats: {}, includeNew: true }]);
  });

  it('names at most as many chats at once as the server takes', async () => {
    for (let chat = 0; chat <= limits.syncChats; chat++) known.set(`chat-${chat}`, { seq: 0, rev: 0 });
    await syncer.catchUp(forever());
    expect(asked.map((one) => Object.keys(one.chats).length)).toEqual([limits.syncChats, 1, 0]);
    // What is not named would come as new.
    expect(asked.map(({ includeNew }) => includeNew)).toEqual([false, false, true]);
  });

  it('finds what is new beside more chats than can be named at the beginning of the list of all', async () => {
    for (let chat = 0; chat <= limits.syncChats; chat++) known.set(`chat-${chat}`, { seq: 0, rev: 0 });
    answers.push({}, {}, page('new 1', 'chat-1'), page('new 2'), page('chat-2'));
    await syncer.catchUp(forever());
    expect([known.has('new 2'), asked.length]).toEqual([true, 5]);
    expect(asked.slice(2).map(({ newAfter }) => newAfter)).toEqual([undefined, 'cursor', 'cursor']);
  });

  it('goes on through the list of all where there are more than can be named', async () => {
    for (let chat = 0; chat <= limits.syncChats; chat++) known.set(`chat-${chat}`, { seq: 0, rev: 0 });
    answers.push(page('chat-1'), page('old 1'), { 'old 2': done(0) });
    expect([await syncer.loadMore(), asked.length]).toEqual([true, 2]);
    expect([await syncer.loadMore(), known.has('old 2')]).toEqual([false, true]);
  });

  it('tries again until it has an answer', async () => {
    answers.push(new NoAnswer('sync', 'timeout'), new NoAnswer('sync', 'timeout'));
    const caughtUp = syncer.catchUp(forever());
    await clock.advance(60_000);
    await caughtUp;
    expect(asked).toHaveLength(3);
  });

  it('tries again where the whole is refused for one of its chats', async () => {
    known.set('a', { seq: 5, rev: 0 });
    answers.push(new ChatError('chat/access_denied'), { a: done(6) });
    const caughtUp = syncer.catchUp(forever());
    await clock.advance(60_000);
    await caughtUp;
    expect(asked).toHaveLength(2);
  });

  it('gives up what is refused for good', async () => {
    answers.push(new ChatError('request/invalid'));
    await expect(syncer.catchUp(forever())).rejects.toMatchObject({ code: 'request/invalid' });
  });

  it('ends with the connection', async () => {
    answers.push(new NoAnswer('sync', 'disconnected'));
    const connection = new AbortController();
    const failed = syncer.catchUp(connection.signal);
    await settle();
    connection.abort();
    await expect(failed).rejects.toBeInstanceOf(NoAnswer);
    await clock.advance(60_000);
    expect(asked).toHaveLength(1);
  });
});

describe('S3 a gap', () => {
  it('asks for that chat alone', async () => {
    known.set('a', { seq: 5, rev: 1 }).set('b', { seq: 7, rev: 0 });
    await syncer.repair(['a']);
    expect(asked).toEqual([{ chats: { a: { seq: 5, rev: 1 } }, includeNew: false }]);
  });

  it('of a chat that is not known asks for its whole state, and for nothing else', async () => {
    known.set('a', { seq: 5, rev: 1 });
    await syncer.repair(['stranger']);
    expect(asked).toEqual([{ chats: { stranger: { seq: 2 ** 31, rev: 2 ** 31 } }, includeNew: false }]);
  });

  it('waits for the request before it, and asks for what is missing then', async () => {
    known.set('a', { seq: 5, rev: 0 });
    answers.push({ a: done(9) });
    await Promise.all([syncer.catchUp(forever()), syncer.repair(['a'])]);
    expect(asked[1]).toEqual({ chats: { a: { seq: 9, rev: 0 } }, includeNew: false });
  });
});

it('S5 while degraded asks every few seconds, whatever fails', async () => {
  answers.push(new NoAnswer('sync', 'timeout'));
  const degraded = new AbortController();
  const polling = syncer.poll(degraded.signal, () => false);
  await clock.advance(9_000);
  expect(asked).toHaveLength(3);
  degraded.abort();
  await polling;
  await clock.advance(9_000);
  expect(asked).toHaveLength(3);
});

it('S5 while degraded and told heads asks for everything soon, and then seldom', async () => {
  const degraded = new AbortController();
  const polling = syncer.poll(degraded.signal, () => true);
  await clock.advance(44_000);
  expect(asked).toHaveLength(1);
  await clock.advance(10_000);
  expect(asked).toHaveLength(2);
  degraded.abort();
  await polling;
});

const fresh = (from: number, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`chat-${from + index}`, { chat: {} as never }]));

it('S1 asks on for new chats that found no room in an answer, up to a hundred, and says whether there are more', async () => {
  known.set('a', { seq: 5, rev: 0 });
  answers.push({ a: more(6), [moreNew]: done(0) }, { a: done(7), ...fresh(0, 60), [moreNew]: done(0) });
  answers.push({ ...fresh(60, 40), [moreNew]: done(0) });
  expect(await syncer.loadMore()).toBe(true);
  expect(asked.map(({ chats: named, includeNew }) => [Object.keys(named).length, includeNew])).toEqual([
    [1, true],
    [1, true],
    [61, true],
  ]);
});

it('loads chats that were active longest ago, and says whether there are more', async () => {
  const newChats = Array.from({ length: limits.syncNewChats }, (_, index) => [`chat-${index}`, done(0)] as const);
  answers.push({ ...Object.fromEntries(newChats), [moreNew]: done(0) }, {});
  expect([await syncer.loadMore(), hasMoreChats]).toEqual([true, true]);
  expect([await syncer.loadMore(), hasMoreChats]).toEqual([false, false]);
});
