import type { FactOf, User } from '@roost/contract';
import { expect, it } from 'vitest';
import { ada, grace, ModelChat } from '../../test/support/model-chat.js';
import { reduce } from './reduce.js';
import { chatState, initialState } from './state.js';
import type { State } from './state.js';

const named = (user: User, displayName: string, profileRev: number): User => ({ ...user, displayName, profileRev });
const fact = (state: State, name: string, payload: object) => reduce(state, { type: 'fact', name, payload });

/** Two chats in which both have spoken. */
function talked() {
  const models = [new ModelChat('c'.repeat(24)), new ModelChat('d'.repeat(24))];
  const begun = reduce(initialState(200), { type: 'began', userId: ada.id });
  const state = models.reduce((one, model) => {
    for (const who of [grace, ada, grace]) model.send(who, 'Hello');
    return reduce(one, { type: 'synced', chatId: model.id, answer: model.reset(10) });
  }, begun);
  return { models, state };
}

/** What everybody is called, wherever they are shown. */
function namesIn(state: State): Record<string, readonly string[]> {
  const shown = [...state.list].flatMap(({ id, members = [], lastMessage }) => {
    const messages = chatState(state, id)!.segments.flatMap((segment) => segment.messages);
    return [...members, ...messages.map(({ sender }) => sender), ...(lastMessage ? [lastMessage.sender] : [])];
  });
  const byPerson = Map.groupBy([...shown, ...Object.values(state.users)], ({ id }) => id);
  return Object.fromEntries([...byPerson].map(([id, some]) => [id, [...new Set(some.map((one) => one.displayName))]]));
}

it('a person who has another name has it in every chat, and nothing else is another object', () => {
  const { models, state } = talked();
  const after = fact(state, 'user:updated', named(grace, 'Admiral', 1) satisfies FactOf<'user:updated'>);
  expect(namesIn(after)).toEqual({ [ada.id]: [ada.displayName], [grace.id]: ['Admiral'] });
  const [before, now] = [state, after].map((one) => chatState(one, models[0]!.id)!.segments[0]!.messages);
  expect([now![0] === before![0], now![1] === before![1]]).toEqual([false, true]);
  expect(after.list.map(({ lastMessage }) => lastMessage?.sender.displayName)).toEqual(['Admiral', 'Admiral']);
});

it('of two changes that come in the other order the newer one stays, and one that is known is no news', () => {
  const { state } = talked();
  const newest = fact(state, 'user:updated', named(grace, 'Admiral', 2));
  expect(fact(newest, 'user:updated', named(grace, 'Amazing Grace', 1))).toBe(newest);
  expect(fact(newest, 'user:updated', named(grace, 'Admiral', 2))).toBe(newest);
});

it('who was away then learns it from the next message, and a message from before changes nothing back', () => {
  const { models, state } = talked();
  const [first, second] = models as [ModelChat, ModelChat];
  const after = fact(state, 'message:new', first.send(named(grace, 'Admiral', 1), 'It is me'));
  expect(namesIn(after)[grace.id]).toEqual(['Admiral']);
  const late = fact(after, 'message:new', second.send(grace, 'from before'));
  expect(late.users[grace.id]?.displayName).toBe('Admiral');
});
