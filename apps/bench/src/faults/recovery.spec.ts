import { expect, test } from 'vitest';
import type { ClientLog } from '../crew/messages.js';
import type { Evidence } from './evidence.js';
import { lateMs, recoveryOf } from './recovery.js';

const message = { chatId: 'chat', id: 'm1', seq: 1 };

/** Grace is shown a message of Ada's so long after it was stored at 1,000 ms. */
function shownAfter(delayMs: number, change: Partial<ClientLog> = {}, isOwn = false): Evidence {
  const shown = [{ ...message, atMs: 1_000 + delayMs, isOwn }];
  const log: ClientLog = { userId: 'grace', shown, facts: [], atEnd: {}, states: [], ...change };
  const stored = { ...message, senderId: 'ada', clientMessageId: undefined, createdAtMs: 1_000 };
  return { stored: { messages: [stored], members: new Map() }, acknowledged: [], logs: [log] };
}

test('recovery ends with the last message that came late', () => {
  expect(recoveryOf(shownAfter(lateMs), 0)).toMatchObject({ late: 0, lastLateAtMs: undefined });
  expect(recoveryOf(shownAfter(lateMs + 1), 0)).toMatchObject({ late: 1, lastLateAtMs: 1_001 + lateMs });
});

test('what was late before the fault, and what waited for its own acknowledgement, is not counted', () => {
  expect(recoveryOf(shownAfter(2_000), 3_001).late).toBe(0);
  expect(recoveryOf(shownAfter(2_000, {}, true), 0).late).toBe(0);
});

test('a client that is not connected is not complete', () => {
  const states = [
    { name: 'live', atMs: 100 },
    { name: 'connecting', atMs: 1_500 },
    { name: 'live', atMs: 4_000 },
  ];
  expect(recoveryOf(shownAfter(1, { states }), 1_200).lastLiveAtMs).toBe(4_000);
  expect(recoveryOf(shownAfter(1, { states: states.slice(0, 1) }), 1_200).lastLiveAtMs).toBeUndefined();
});
