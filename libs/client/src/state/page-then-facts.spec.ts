import { Change } from '@roost/contract';
import type { AnyChange, Chat, Message } from '@roost/contract';
import { describe, expect, it } from 'vitest';
import { ada, chatId, grace, linus, ModelChat } from '../../test/support/model-chat.js';
import { ModelClient } from '../../test/support/model-client.js';
import { checkStep } from '../../test/support/state-rules.js';
import { positionsOf } from './selectors.js';
import { chatState } from './state.js';

/** What happens after a state was fetched, and what is told of it. */
type Happens = (model: ModelChat) => readonly (Message | AnyChange)[];

/** Every kind of change there is, as often as it makes a difference what it meets. */
const rows: Readonly<Record<string, Readonly<Record<string, Happens>>>> = {
  'message:new': {
    'of somebody else': (model) => [model.send(grace, 'news')],
    'of the reader': (model) => [model.send(ada, 'mine')],
    'that answers another': (model) => [model.send(grace, 'answer', { parentId: model.message(1).id })],
    'of the server': (model) => [model.send(grace, 'joined', { type: 'system' })],
  },
  'message:edited': {
    'the newest': (model) => [model.edit(6, 'edited')],
    'an old one': (model) => [model.edit(1, 'edited')],
    twice: (model) => [model.edit(5, 'once'), model.edit(5, 'twice')],
    'and then deleted': (model) => [model.edit(5, 'edited'), model.delete(5)],
    'one that came after the state': (model) => [model.send(grace, 'news'), model.edit(7, 'edited')],
  },
  'message:deleted': {
    'the newest': (model) => [model.delete(6)],
    'an unread one': (model) => [model.delete(5)],
    'one that was read': (model) => [model.delete(1)],
    'one of the reader': (model) => [model.delete(3)],
    'one that came after the state': (model) => [model.send(grace, 'news'), model.delete(7)],
  },
  'message:reacted': {
    'the newest': (model) => [model.react(6, linus, '👍')],
    'an old one, by two': (model) => [model.react(1, grace, '👍'), model.react(1, ada, '👍')],
    'and taken back': (model) => [model.react(5, grace, '👍'), model.react(5, grace, '👍', false)],
    'and then edited': (model) => [model.react(5, grace, '👍'), model.edit(5, 'edited')],
    'and then deleted': (model) => [model.react(5, grace, '👍'), model.delete(5)],
    'one that came after the state': (model) => [model.send(grace, 'news'), model.react(7, ada, '👍')],
  },
  'member:added': {
    'somebody new': (model) => [model.add(linus)],
    'somebody who was there': (model) => [model.remove(grace), model.add(grace)],
    'the reader, again': (model) => [model.remove(ada), model.add(ada, 6), model.send(grace, 'welcome back')],
  },
  'member:updated': {
    'somebody else': (model) => [model.setRole(grace, 'admin')],
    'the reader hands it over': (model) => [model.setRole(grace, 'owner')],
    'the reader, twice': (model) => [
      model.setRole(grace, 'owner'),
      model.setRole(ada, 'member'),
      model.setRole(ada, 'guest'),
    ],
    'the reader gets it back': (model) => [model.setRole(grace, 'owner'), model.setRole(ada, 'owner')],
    'and removed, and added again': (model) => [
      model.setRole(grace, 'owner'),
      model.remove(ada),
      model.add(ada, 6),
      model.setRole(ada, 'guest'),
    ],
  },
  'member:removed': {
    'somebody else': (model) => [model.remove(grace)],
    'the reader': (model) => [model.remove(ada)],
  },
  'ban:changed': { 'of somebody else': (model) => [model.changeBans()] },
  'chat:updated': {
    'another title': (model) => [model.rename('Looms')],
    'two titles': (model) => [model.rename('Looms'), model.rename('Cards')],
    'other settings, and a title': (model) => [
      model.set({ slowModeSeconds: 30 }),
      model.rename('Looms'),
      model.set({ mayPost: 'admins' }),
    ],
  },
  'chat:deleted': { 'for everybody': (model) => [model.end()] },
  'a kind that only a newer server knows': {
    'and one that is known': (model) => [model.unknown(), model.rename('Looms')],
  },
};

it('S6 has a row for each kind of change of the contract', () => {
  const kinds = Change.options.map(({ shape }) => shape.kind.value);
  expect(Object.keys(rows)).toEqual(expect.arrayContaining(kinds));
});

/** Two that were read, one of the reader, and three since: of the server, and of Grace. */
function said(): ModelChat {
  const model = new ModelChat();
  for (const text of ['one', 'two']) model.send(grace, text);
  model.send(ada, 'three');
  model.send(grace, 'joined', { type: 'system' });
  for (const text of ['five', 'six']) model.send(grace, text);
  return model;
}

const newClient = () => new ModelClient(100, checkStep);
const begin = (client: ModelClient) => client.dispatch({ type: 'began', userId: ada.id });

const reset = (chat: Chat, messages: readonly Message[]) =>
  ({ type: 'synced', chatId, answer: { reset: true, chat, messages: [...messages] } }) as const;

type Fetched = (client: ModelClient, model: ModelChat, chat: Chat) => void;

const whole: Fetched = (client, { messages }, chat) => {
  begin(client);
  client.dispatch(reset(chat, messages));
};

/** Ways in which a state is fetched. */
const states: Readonly<Record<string, Fetched>> = {
  'without messages': (client, _, chat) => {
    begin(client);
    client.dispatch({ type: 'synced', chatId, answer: { chat } });
  },
  'with its newest': (client, { messages }, chat) => {
    begin(client);
    client.dispatch(reset(chat, messages.slice(-2)));
  },
  'with all its messages': whole,
  'with a page of its history': (client, { messages }, chat) => {
    begin(client);
    client.dispatch(reset(chat, messages.slice(-2)));
    client.dispatch({ type: 'reading', chatId });
    const { epoch } = chatState(client.getSnapshot(), chatId)!;
    const asked = { before: chat.lastSeq - 1, lastSeq: chat.lastSeq, epoch };
    const page = { items: messages.slice(0, -2), moreBefore: false, moreAfter: true };
    client.dispatch({ type: 'read', chatId, asked, page });
  },
  'from an earlier run': (client, { messages }, chat) => {
    const kept = { chat, messages: messages.slice(-2) };
    client.dispatch({ type: 'restored', userId: ada.id, at: '2026-01-01T00:00:00.000Z', chats: [kept] });
    begin(client);
  },
};

const isMessage = (entry: Message | AnyChange): entry is Message => !('rev' in entry);
const tell = (client: ModelClient, entry: Message | AnyChange): void =>
  client.dispatch({ type: 'fact', name: isMessage(entry) ? 'message:new' : entry.kind, payload: entry });

/** Ways in which one hears what happened after it. */
const hearing: Readonly<
  Record<string, (client: ModelClient, model: ModelChat, entries: readonly (Message | AnyChange)[]) => void>
> = {
  'the facts after it': (client, _, entries) => entries.forEach((entry) => tell(client, entry)),
  'the facts after it, each twice': (client, _, entries) =>
    entries.forEach((entry) => [entry, entry].forEach((one) => tell(client, one))),
  sync: (client, model) => {
    const since = positionsOf(client.getSnapshot())[chatId]!;
    client.dispatch({ type: 'synced', chatId, answer: answerOf(model, since), since });
  },
};

const isGone = (model: ModelChat) => !model.members.includes(ada) || model.changes.at(-1)?.kind === 'chat:deleted';
const answerOf = (model: ModelChat, since: { seq: number; rev: number }) =>
  isGone(model) ? ({ gone: true } as const) : model.after(since);

/** What a client shows of it; the messages where it has all of them. */
function shown(client: ModelClient) {
  const state = client.getSnapshot();
  const known = chatState(state, chatId);
  const [first] = known?.segments ?? [];
  return {
    list: state.list,
    behind: state.behind,
    chat: known?.chat,
    messages: known && first?.from === 1 ? first.messages : undefined,
  };
}

/** The reader who is added again is told the chat anew, as well. */
function heardAgain(client: ModelClient, model: ModelChat): void {
  if (chatState(client.getSnapshot(), chatId) || isGone(model)) return;
  client.dispatch({ type: 'fact', name: 'chat:created', payload: model.chat });
}

/** What comes after the state and all that is left of it is what is fetched later. */
function expectAsLater(client: ModelClient, model: ModelChat): void {
  const later = newClient();
  if (isGone(model)) begin(later);
  else whole(later, model, model.chat);
  const found = shown(client);
  const { messages, ...rest } = shown(later);
  expect(found).toMatchObject(rest);
  if (found.messages) expect(found.messages).toEqual(messages);
}

const all = Object.entries(rows).flatMap(([kind, some]) =>
  Object.entries(some).map(([what, act]) => [kind, what, act] as const),
);

describe.each(all)('S6 %s, %s', (_kind, what, act) => {
  describe.each(Object.entries(states))('a state %s', (_how, fetched) => {
    it.each(Object.entries(hearing))('and %s equal the state fetched later', (_way, hear) => {
      const model = said();
      const client = newClient();
      fetched(client, model, model.chat);
      hear(client, model, act(model));
      heardAgain(client, model);
      expectAsLater(client, model);
    });
  });

  // A count says nothing of when it was made: where a message is not here, the deletion of which it has already, it is one too few.
  const isUncertain = ['an unread one', 'and then deleted'].includes(what);
  const fetches = isUncertain ? ['with its newest'] : ['without messages', 'with its newest'];

  it.each(fetches)(
    'a state %s that was read a moment after its rev, and the facts after that, equal it as well',
    (how) => {
      const model = said();
      const client = newClient();
      const { rev } = model.head;
      const entries = act(model);
      if (isGone(model)) return;
      states[how]!(client, model, { ...model.chat, rev });
      for (const entry of entries) tell(client, entry);
      heardAgain(client, model);
      expectAsLater(client, model);
    },
  );
});
