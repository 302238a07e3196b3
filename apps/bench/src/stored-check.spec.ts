import { expect, test } from 'vitest';
import { checkStored } from './stored-check.js';
import type { StoredMessage } from './stored-check.js';

const message = (seq: number, clientMessageId = `c${seq}`, chatId = 'chat'): StoredMessage => ({
  chatId,
  seq,
  senderId: 'ada',
  clientMessageId,
});

async function* each(messages: readonly StoredMessage[]) {
  yield* messages;
}

async function wrongWith(messages: readonly StoredMessage[], told: readonly [string, number][] = []) {
  const { wrong } = await checkStored(each(messages), { seqs: new Map(told) });
  return Object.entries(wrong).filter(([, count]) => count > 0);
}

test('whole chats, stored in any order, are fine', async () => {
  const told = [
    ['c1', 1],
    ['c2', 2],
  ] as const;
  const messages = [message(2), message(1), message(1, 'x', 'other')];
  const found = await checkStored(each(messages), { seqs: new Map(told) });
  expect(found).toEqual({ messages: 3, chats: 2, wrong: { lost: 0, doubled: 0, disordered: 0, holes: 0 } });
});

test.each<[string, StoredMessage[], [string, number][], [string, number][]]>([
  [
    'lost',
    [message(1)],
    [
      ['c1', 1],
      ['c2', 2],
    ],
    [['lost', 1]],
  ],
  ['doubled', [message(1), message(2, 'c1')], [], [['doubled', 1]]],
  ['taken twice', [message(1), message(1, 'c2')], [], [['disordered', 1]]],
  ['at another place than was told', [message(1), message(2)], [['c2', 1]], [['disordered', 1]]],
  ['with a hole', [message(1), message(4)], [], [['holes', 2]]],
])('a message that is %s is found', async (_, messages, told, wrong) => {
  expect(await wrongWith(messages, told)).toEqual(wrong);
});
