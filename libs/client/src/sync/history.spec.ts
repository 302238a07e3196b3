import type { Message } from '@roost/contract';
import { expect, it } from 'vitest';
import type { ChatState, State } from '../state/state.js';
import { History } from './history.js';
import { withEntry, noPieces } from '../state/pieces.js';

const chatId = 'c'.repeat(24);

/** A message a minute, but for the places that are empty. */
const minuteOf = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));

function historyOf(lastSeq: number, empty: readonly number[] = []) {
  let asked = 0;
  const chats = withEntry(noPieces, chatId, { chat: { lastSeq } } as ChatState);
  const state = { chats } as State;
  const history = new History({ getSnapshot: () => state, dispatch: () => {} }, ({ after = 0 }) => {
    asked++;
    let seq = after + 1;
    while (empty.includes(seq)) seq++;
    const items = seq > lastSeq ? [] : [{ seq, createdAt: minuteOf(seq).toISOString() } as Message];
    return Promise.resolve({ items, more: seq < lastSeq });
  });
  return { history, asked: () => asked };
}

it('finds the place of a moment', async () => {
  const { history } = historyOf(20);
  const places = await Promise.all([0, 1, 7, 20, 21].map((minute) => history.seqAt(chatId, minuteOf(minute))));
  expect(places).toEqual([1, 1, 7, 20, 21]);
  expect(await history.seqAt(chatId, new Date(minuteOf(7).getTime() + 1))).toBe(8);
  expect(await historyOf(0).history.seqAt(chatId, minuteOf(1))).toBe(1);
});

it('finds it where places are empty', async () => {
  const { history } = historyOf(20, [5, 6, 7, 8, 20]);
  const messagesFrom = async (minute: number) => history.seqAt(chatId, minuteOf(minute));
  // Any place after the message before it leads to the same one.
  expect(await messagesFrom(6)).toBeGreaterThan(4);
  expect(await messagesFrom(6)).toBeLessThanOrEqual(9);
  expect(await messagesFrom(10)).toBe(10);
});

it('asks a few times in however long a chat', async () => {
  const { history, asked } = historyOf(100_000);
  await history.seqAt(chatId, minuteOf(77_777));
  expect(asked()).toBeLessThanOrEqual(17);
});
