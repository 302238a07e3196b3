import type { Message, Receipt } from '@roost/contract';
import { beforeEach, expect, it } from 'vitest';
import { deepFreeze } from '../../test/support/deep-freeze.js';
import { ada, chatId, grace, linus, ModelChat } from '../../test/support/model-chat.js';
import type { SessionReady } from '../connection/state.js';
import type { ClientEvent } from './events.js';
import { reduce } from './reduce.js';
import { chatView, readersOf, typingIn } from './selectors.js';
import { chatState, initialState } from './state.js';
import type { State } from './state.js';

let model: ModelChat;
let state: State;

/** Ada has a chat open in which Grace said five things. */
beforeEach(() => {
  model = new ModelChat();
  state = initialState(200);
  happened({ type: 'began', userId: ada.id });
  happened({ type: 'synced', chatId, answer: { chat: model.chat } });
  for (let count = 0; count < 5; count++) graceSays();
});

function happened(event: ClientEvent): void {
  state = reduce(deepFreeze(state), event);
}

const graceSays = () => hear('message:new', model.send(grace, 'hello'));
const hear = (name: string, payload: unknown) => happened({ type: 'fact', name, payload });
const writes = (userId: string, typing: boolean) => hear('typing:changed', { chatId, userId, typing });
const chat = () => chatState(state, chatId)!.chat;
const receipts = () => chatState(state, chatId)!.receipts;
const uncounted = () => Object.keys(state.uncounted);

it('R1 counts what is left where that is here, and never goes back', () => {
  expect(chat()).toMatchObject({ readSeq: 0, unreadCount: 5 });
  happened({ type: 'marked', chatId, seq: 3 });
  expect(chat()).toMatchObject({ readSeq: 3, unreadCount: 2 });
  const before = state;
  happened({ type: 'marked', chatId, seq: 2 });
  hear('receipt:read', { chatId, userId: ada.id, seq: 3 });
  expect(chatState(state, chatId)!.chat).toBe(chatState(before, chatId)!.chat);
});

it('R1 R2 another device has read on, also what is not here yet', () => {
  hear('receipt:read', { chatId, userId: ada.id, seq: 7 });
  expect(chat()).toMatchObject({ readSeq: 7, unreadCount: 0 });
  for (let count = 0; count < 3; count++) graceSays();
  expect(chat()).toMatchObject({ readSeq: 7, lastSeq: 8, unreadCount: 1 });
  expect(uncounted()).toEqual([]);
});

it('S1 a page of sync says how far one has read elsewhere', () => {
  const at = { seq: 5, rev: 0 };
  happened({
    type: 'synced',
    chatId,
    since: at,
    answer: { ...at, readSeq: 4, messages: [], changes: [], more: false },
  });
  expect(chat()).toMatchObject({ readSeq: 4, unreadCount: 1 });
});

it('R2 what would have to be counted and is not here is counted by the server, anew where something changed meanwhile', () => {
  happened({ type: 'synced', chatId, answer: { reset: true, chat: { ...model.chat, unreadCount: 5 }, messages: [] } });
  happened({ type: 'marked', chatId, seq: 2 });
  expect(uncounted()).toEqual([chatId]);
  graceSays();
  const unread = { readSeq: 2, unreadCount: 2, seq: 5, rev: 0 };
  happened({ type: 'counted', chatId, unread: { ...unread, rev: 1 } });
  happened({ type: 'counted', chatId, unread: { ...unread, seq: 7 } });
  happened({ type: 'counted', chatId, unread: { ...unread, readSeq: 1 } });
  expect(uncounted()).toEqual([chatId]);
  happened({ type: 'counted', chatId, unread });
  expect(uncounted()).toEqual([]);
  expect(chat()).toMatchObject({ readSeq: 2, lastSeq: 6, unreadCount: 3 });
});

it('R2 a state may have been counted just after a deletion that is still to come: the server counts again', () => {
  const asOfBefore = model.chat;
  const deletion = model.delete(2);
  const answer = { reset: true as const, chat: { ...asOfBefore, unreadCount: 4 }, messages: model.messages.slice(-2) };
  happened({ type: 'synced', chatId, answer });
  hear('message:deleted', deletion);
  expect(uncounted()).toEqual([chatId]);
  happened({ type: 'counted', chatId, unread: { readSeq: 0, unreadCount: 4, seq: 5, rev: 1 } });
  expect([chat().unreadCount, uncounted()]).toEqual([4, []]);
});

it('R2 so may have been its messages, which are counted where all are here, and else by the server', () => {
  const asOfBefore = model.chat;
  const deletion = model.delete(4);
  const reset = (messages: readonly Message[]) =>
    happened({ type: 'synced', chatId, answer: { reset: true, chat: asOfBefore, messages: [...messages] } });
  reset(model.messages);
  expect([chat().unreadCount, uncounted()]).toEqual([4, []]);
  hear('message:deleted', deletion);
  expect([chat().unreadCount, uncounted()]).toEqual([4, []]);
  reset(model.messages.slice(-2));
  expect(uncounted()).toEqual([chatId]);
});

it('R1 says who has read a message and who has only got it; who answers has read', () => {
  const known: Receipt[] = [
    { userId: ada.id, readSeq: 0, deliveredSeq: 0 },
    { userId: grace.id, readSeq: 5, deliveredSeq: 5 },
    { userId: linus.id, readSeq: 1, deliveredSeq: 1 },
  ];
  happened({ type: 'receipts', chatId, receipts: known });
  hear('message:new', model.send(ada, 'hello'));
  const readers = () => readersOf(chatView(state, chatId)!, model.message(6));
  expect(readers()).toEqual({ read: [], delivered: [] });
  hear('receipt:delivered', { chatId, userId: grace.id, seq: 6, others: [{ userId: linus.id, seq: 6 }] });
  expect(readers()).toEqual({ read: [], delivered: expect.arrayContaining([grace.id, linus.id]) as unknown });
  hear('receipt:read', { chatId, userId: linus.id, seq: 6 });
  graceSays();
  expect(readers().read.toSorted()).toEqual([grace.id, linus.id].toSorted());
});

it('R1 nobody goes back, and what says nothing new changes nothing', () => {
  happened({ type: 'receipts', chatId, receipts: [{ userId: grace.id, readSeq: 4, deliveredSeq: 5 }] });
  const before = receipts();
  hear('receipt:read', { chatId, userId: grace.id, seq: 3 });
  hear('receipt:delivered', { chatId, userId: grace.id, seq: 5 });
  happened({ type: 'receipts', chatId, receipts: [{ userId: grace.id, readSeq: 1, deliveredSeq: 1 }] });
  expect(receipts()).toBe(before);
});

it('R4 knows who is writing, until they say something, have stopped, or the connection is lost', () => {
  const session = { userId: ada.id } as SessionReady;
  happened({ type: 'connection', state: { name: 'live', session } });
  writes(ada.id, true);
  writes(grace.id, true);
  writes(linus.id, true);
  writes(grace.id, true);
  expect(typingIn(state, chatId)).toEqual([grace.id, linus.id]);
  graceSays();
  expect(typingIn(state, chatId)).toEqual([linus.id]);
  hear('member:removed', model.remove(linus));
  expect(typingIn(state, chatId)).toEqual([]);
  writes(linus.id, true);
  happened({ type: 'typingLapsed', chatId, userId: linus.id });
  const before = state;
  happened({ type: 'typingLapsed', chatId, userId: linus.id });
  writes(linus.id, false);
  expect(state).toBe(before);
  writes(grace.id, true);
  happened({ type: 'connection', state: { name: 'connecting', failures: 0 } });
  expect(typingIn(state, chatId)).toEqual([]);
});
