import { expect, it } from 'vitest';
import { parseTabMessage } from './message.js';

const from = 'tab-1';

it.each([
  { type: 'hello', from, isSeen: true },
  { type: 'ask', from, id: '1', name: 'sync', request: { chats: {} }, until: 7 },
  { type: 'welcome', from, to: 'tab-2', n: 7, standing: [['server:degraded', { since: 'now' }]] },
  { type: 'answer', from, id: '1', answer: { none: 'timeout' } },
  { type: 'fact', from, n: 8, name: 'message:new', payload: { seq: 1 } },
])('reads $type', (message) => {
  expect(parseTabMessage(JSON.stringify(message))).toEqual(message);
});

it.each([
  ['no text', { type: 'bye', from }],
  ['no JSON', '{'],
  ['nothing', 'null'],
  ['no object', '"hello"'],
  ['of nobody', JSON.stringify({ type: 'bye' })],
  ['of an unknown type', JSON.stringify({ type: 'vote', from })],
  ['of a type that every object has', JSON.stringify({ type: 'constructor', from })],
  ['without its fields', JSON.stringify({ type: 'ask', from, id: '1', name: 'sync', request: {} })],
  ['with a field of another type', JSON.stringify({ type: 'hello', from, isSeen: 'yes' })],
])('ignores what is %s', (_, text) => {
  expect(parseTabMessage(text)).toBeUndefined();
});
