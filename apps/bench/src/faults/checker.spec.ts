import { expect, test } from 'vitest';
import type { ClientLog, Shown } from '../crew/messages.js';
import { check } from './checker.js';
import type { Evidence, Stored } from './evidence.js';

const chatId = 'chat';
const stored = [1, 2, 3].map((seq): Stored => ({
  chatId,
  id: `m${seq}`,
  seq,
  senderId: 'ada',
  clientMessageId: `c${seq}`,
  createdAtMs: seq,
}));

function shown(seq: number, change: Partial<Shown> = {}): Shown {
  return { chatId, id: `m${seq}`, seq, atMs: seq, isOwn: false, ...change };
}

function factOf(id: string, connection: number) {
  return { chatId, id, seq: Number(id.slice(1)), atMs: 0, connection };
}

/** Grace's log after these messages, each of which came as a fact too. */
function logOf(messages: readonly Shown[], change: Partial<ClientLog> = {}): ClientLog {
  const facts = messages.map(({ id }) => factOf(id, 1));
  const atEnd = { [chatId]: messages.toSorted((a, b) => a.seq - b.seq).map(({ id }) => id) };
  return { userId: 'grace', shown: messages, facts, atEnd, states: [], ...change };
}

function evidence(log: ClientLog, change: Partial<Evidence> = {}): Evidence {
  const acknowledged = stored.map(({ id, seq, clientMessageId = '' }) => {
    return { chatId, id, seq, clientMessageId, sentAtMs: 0, acknowledgedAtMs: 0 };
  });
  const members = new Map([[chatId, new Set(['grace'])]]);
  return { stored: { messages: stored, members }, acknowledged, logs: [log], ...change };
}

const told = [shown(1), shown(2), shown(3)];
const fine = { lost: [], doubled: [], disordered: [] };

test('everything told once and in order is fine, in whatever order the facts came', () => {
  const facts = ['m3', 'm1', 'm2'].map((id) => factOf(id, 1));
  expect(check(evidence(logOf(told, { facts })))).toEqual(fine);
});

test('acknowledged and not stored is lost', () => {
  const messages = stored.slice(0, 2);
  const { lost } = check(
    evidence(logOf(told.slice(0, 2)), { stored: { messages, members: new Map([[chatId, new Set(['grace'])]]) } }),
  );
  expect(lost).toEqual(['chat 3: acknowledged, not stored']);
});

test('stored and not told to a member is lost', () => {
  expect(check(evidence(logOf([shown(1), shown(3)])))).toEqual({
    ...fine,
    lost: ['chat 2: stored, not told to member grace'],
  });
});

test('who is not a member need not be told', () => {
  expect(check(evidence(logOf([], { userId: 'linus' })))).toEqual(fine);
});

test('told and not stored is lost: it is gone after a reload', () => {
  const { lost } = check(evidence(logOf([...told, shown(4)])));
  expect(lost).toContain('chat 4: told to grace, not stored');
});

test('shown twice is doubled', () => {
  const { doubled } = check(evidence(logOf([...told, shown(3)], { facts: [] })));
  expect(doubled).toEqual(['chat 3: shown twice by grace']);
});

test('told twice on one connection is doubled, on two it is not', () => {
  expect(check(evidence(logOf(told, { facts: [factOf('m1', 1), factOf('m1', 2)] })))).toEqual(fine);
  expect(check(evidence(logOf(told, { facts: [factOf('m1', 1), factOf('m1', 1)] }))).doubled).toEqual([
    'chat 1: told twice to grace on connection 1',
  ]);
});

test('one send stored twice is doubled', () => {
  const messages = [...stored, { ...stored[2]!, id: 'm4', seq: 4 }];
  const { doubled } = check(
    evidence(logOf([...told, shown(4)]), { stored: { messages, members: new Map([[chatId, new Set(['grace'])]]) } }),
  );
  expect(doubled).toEqual(['chat 4: the same send is stored before it']);
});

test("shown in another order is disordered, unless it is one's own that was confirmed late", () => {
  expect(check(evidence(logOf([shown(2), shown(1), shown(3)]))).disordered).toEqual(['chat 1: shown by grace after 2']);
  expect(check(evidence(logOf([shown(2), shown(1, { isOwn: true }), shown(3)])))).toEqual(fine);
});

test("another order in the end is disordered, one's own included", () => {
  const log = logOf([shown(2), shown(1, { isOwn: true }), shown(3)], { atEnd: { [chatId]: ['m2', 'm1', 'm3'] } });
  expect(check(evidence(log)).disordered).toEqual(['chat: shown by grace in another order in the end']);
});

test('a hole in the numbers, a number taken twice, and one that is not what was told are disordered', () => {
  const holed = stored.map((message) => (message.seq === 3 ? { ...message, seq: 4 } : message));
  const members = new Map([[chatId, new Set<string>()]]);
  const { disordered } = check(evidence(logOf(told), { stored: { messages: holed, members } }));
  expect(disordered).toEqual([
    'chat 4: stored as number 3',
    'chat 3: acknowledged so, stored as chat 4',
    'chat 3: told so, stored as chat 4',
  ]);
  const twice = stored.map((message) => (message.seq === 3 ? { ...message, seq: 2 } : message));
  expect(check(evidence(logOf([]), { stored: { messages: twice, members } })).disordered).toContain(
    'chat 2: stored as number 3',
  );
});
