// @vitest-environment happy-dom
import { act, createElement as h, memo, Profiler, StrictMode } from 'react';
import type { ReactNode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { ada, grace, ModelChat } from '../../test/support/model-chat.js';
import { RoostClient } from '../client.js';
import { chatList } from '../state/selectors.js';
import type { ConversationRow } from '../state/selectors.js';
import { Store } from '../state/store.js';
import {
  RoostProvider,
  useChat,
  useChats,
  useConnection,
  useConversation,
  useRoost,
  useSelected,
  useTotalUnread,
} from './index.js';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let clock: ManualClock;
let store: Store;
let rendered: string[];
let root: ReturnType<typeof createRoot>;
let place: HTMLElement;

beforeEach(() => {
  clock = new ManualClock();
  store = new Store(clock, 20_000);
  store.dispatch({ type: 'began', userId: ada.id });
  rendered = [];
  place = document.createElement('main');
  root = createRoot(place);
});

afterEach(() => act(() => root.unmount()));

/** All that the hooks use of a client. */
const client = () => store as unknown as RoostClient;
const show = (...children: ReactNode[]) =>
  act(async () => root.render(h(RoostProvider, { client: client() }, ...children)));
/** Lets a turn of the event loop end. */
const turn = () => act(async () => clock.advance(0));
const hear = (name: string, payload: unknown) => store.dispatch({ type: 'fact', name, payload });

function known(id: string, messages = 0): ModelChat {
  const model = new ModelChat(id);
  for (let count = 1; count <= messages; count++) model.send(grace, `message ${count}`);
  store.dispatch({ type: 'synced', chatId: id, answer: { reset: true, chat: model.chat, messages: model.messages } });
  return model;
}

const idOf = (index: number) => index.toString(16).padStart(24, '0');

const Row = memo(function Row({ row }: { readonly row: ConversationRow }) {
  rendered.push(`row ${row.key}`);
  return row.kind === 'message' ? h('p', {}, row.message.text) : null;
});

function Conversation({ chatId }: { readonly chatId: string }) {
  rendered.push('conversation');
  return useConversation(chatId).map((row) => h(Row, { key: row.key, row }));
}

const ChatRow = memo(function ChatRow({ chatId }: { readonly chatId: string }) {
  rendered.push(`chat ${chatId}`);
  return h('li', {}, useChat(chatId)?.chat.unreadCount);
});

const sameIds = (one: readonly string[], other: readonly string[]) => one.join() === other.join();
const Status = () => h('p', {}, useConnection().name, ' ', useTotalUnread());
const Nothing = () => (useRoost(), null);
const Served = () => h('p', {}, useConnection().name, useChats().length, useChat(idOf(1))?.chat.title);
const List = () => useChats().map(({ id }) => h(ChatRow, { key: id, chatId: id }));

it('a page of 500 chats and 10,000 messages renders what changed, once a turn', async () => {
  const open = known(idOf(0), 10_000);
  const others = Array.from({ length: 499 }, (_, index) => known(idOf(index + 1), 1));
  await show(h(List), h(Conversation, { chatId: open.id }));
  expect(rendered.length).toBeGreaterThan(10_500);
  rendered = [];
  for (const text of ['one', 'two', 'three']) hear('message:new', open.send(grace, text));
  hear('message:edited', open.edit(9_990, 'edited'));
  for (const model of others.slice(0, 50)) hear('message:new', model.send(grace, 'Hi'));
  await turn();
  const seen = (name: string) => rendered.filter((one) => one.startsWith(name));
  expect(seen('conversation')).toHaveLength(1);
  expect(new Set(seen('row')).size).toBe(seen('row').length);
  expect(seen('row').toSorted()).toEqual([9_990, 10_001, 10_002, 10_003].map((seq) => `row ${idOf(seq)}`));
  expect(seen('chat').toSorted()).toEqual([open, ...others.slice(0, 50)].map(({ id }) => `chat ${id}`).toSorted());
  expect(place.textContent).toContain('edited');
});

it('what says nothing new renders nothing', async () => {
  const model = known(idOf(1), 5);
  await show(h(List), h(Conversation, { chatId: model.id }));
  rendered = [];
  hear('message:new', model.message(5));
  hear('chat:heads', { chats: { [model.id]: model.head } });
  store.dispatch({ type: 'synced', chatId: model.id, answer: model.after(model.head), since: model.head });
  store.dispatch({ type: 'synced', chatId: model.id, answer: model.reset(5) });
  await turn();
  expect(rendered).toEqual([]);
});

describe('hooks', () => {
  it('show the connection and what is unread in all chats', async () => {
    known(idOf(1), 2);
    known(idOf(2), 3);
    await show(h(Status));
    expect(place.textContent).toBe('stopped 5');
    store.dispatch({ type: 'connection', state: { name: 'connecting', failures: 0 } });
    await turn();
    expect(place.textContent).toBe('connecting 5');
  });

  it('keep what a selector gave that is written anew at each render, where it is equal', async () => {
    known(idOf(1), 1);
    const values = new Set<readonly string[]>();
    function Ids() {
      values.add(useSelected((state) => chatList(state).map(({ id }) => id), sameIds));
      return null;
    }
    await show(h(Ids));
    await show(h(Ids));
    hear('message:new', new ModelChat(idOf(2)).send(grace, 'of a chat that is not known'));
    await turn();
    expect(values.size).toBe(1);
  });

  it('work in strict mode, and say what is missing where there is no provider', async () => {
    const model = known(idOf(1), 1);
    await show(
      h(StrictMode, {}, h(Profiler, { id: 'page', onRender: () => {} }, h(Conversation, { chatId: model.id }))),
    );
    expect(place.textContent).toBe('message 1');
    expect(() => renderToString(h(Nothing))).toThrow('useRoost needs a <RoostProvider');
  });

  it('render on a server, where nothing is known yet', () => {
    const served = new RoostClient({ url: 'http://chat.example.com', token: 'none' });
    expect(renderToString(h(RoostProvider, { client: served }, h(Served)))).toBe('<p>stopped<!-- -->0</p>');
  });

  it('go on in a browser with what a server has rendered, also where the client knows more by then', async () => {
    const page = h(RoostProvider, { client: client() }, h(Served), h(List));
    place = document.createElement('main');
    place.innerHTML = renderToString(page);
    known(idOf(1), 3);
    store.dispatch({ type: 'connection', state: { name: 'connecting', failures: 0 } });
    const mismatches: unknown[] = [];
    const onRecoverableError = (error: unknown) => mismatches.push(error);
    const hydrated = await act(async () => hydrateRoot(place, page, { onRecoverableError }));
    expect(mismatches).toEqual([]);
    expect(place.textContent).toBe('connecting1Engines3');
    act(() => hydrated.unmount());
  });
});
