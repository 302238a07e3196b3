import { beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { ada, chatId, grace, ModelChat } from '../../test/support/model-chat.js';
import { chatView, conversationRows, localDay } from './selectors.js';
import { Store } from './store.js';

let store: Store;
let model: ModelChat;

beforeEach(() => {
  store = new Store(new ManualClock(), 200);
  store.dispatch({ type: 'began', userId: ada.id });
  model = new ModelChat();
  store.dispatch({ type: 'synced', chatId, answer: { reset: true, chat: model.chat, messages: [] } });
});

/** Somebody says something at this moment, in the time zone of whoever looks. */
const say = (at: string, sender = grace) =>
  store.dispatch({
    type: 'fact',
    name: 'message:new',
    payload: model.send(sender, at, { createdAt: new Date(at).toISOString() }),
  });

const rows = () => conversationRows(chatView(store.getSnapshot(), chatId)!, ada.id);
const shown = () =>
  rows().map((row) => {
    if (row.kind === 'day') return row.day;
    if (row.kind === 'pending') return `${row.pending.text} pending`;
    return `${row.message.seq}${row.isOwn ? ' own' : ''}${row.isContinued ? ' continued' : ''}`;
  });

it('a line is above the first message of each day, and what one person says within five minutes is one group', () => {
  for (const at of ['2026-01-30T23:58:00', '2026-01-30T23:59:59', '2026-01-31T00:00:01', '2026-01-31T00:05:00'])
    say(at);
  say('2026-01-31T00:05:30', ada);
  say('2026-01-31T00:10:29', ada);
  say('2026-01-31T00:15:30', ada);
  expect(shown().join(', ')).toBe(
    '2026-01-30, 1, 2 continued, 2026-01-31, 3, 4 continued, 5 own, 6 own continued, 7 own',
  );
});

it('each day has one line, also where the clocks of two replicas differ around midnight', () => {
  for (const at of ['2026-01-30T23:59:58', '2026-01-31T00:00:01', '2026-01-30T23:59:59', '2026-01-31T00:00:02'])
    say(at);
  expect(shown()).toEqual(['2026-01-30', '1', '2026-01-31', '2', '3 continued', '4 continued']);
  const keys = rows().map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

it('one’s own on its way is below them all, and rows that did not change are the same', () => {
  say('2026-01-30T12:00:00');
  const before = rows();
  const pending = { chatId, text: 'Hello', clientMessageId: 'mine', createdAt: '', stage: 'waiting' as const };
  store.dispatch({ type: 'drafts', chatId, pending: [pending], changes: [] });
  say('2026-01-30T12:01:00');
  expect(shown()).toEqual(['2026-01-30', '1', '2 continued', 'Hello pending']);
  expect(
    rows()
      .slice(0, 2)
      .every((row, index) => row === before[index]),
  ).toBe(true);
  expect(rows()).toBe(rows());
});

it('a day is that of whoever looks', () => {
  expect(localDay(new Date(2026, 0, 5, 0, 0))).toBe('2026-01-05');
});
