import type { Chat, Message } from '@roost/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { ada, chatId, grace, ModelChat } from '../../test/support/model-chat.js';
import type { PendingMessage } from '../outbox/entry.js';
import { ChatStore } from './chat-store.js';
import type { ChatNews, OlderMessages } from './chat-store.js';

let model: ModelChat;
let pending: PendingMessage[];
let behind: [string, boolean][];
let own: string[];
let news: ChatNews[];
let store: ChatStore;
/** What the server says of the history. */
let history: (before: number, limit: number) => Promise<OlderMessages>;

beforeEach(() => {
  model = new ModelChat();
  [pending, behind, own, news] = [[], [], [], []];
  history = async (before, limit) => model.before(before, limit);
  store = new ChatStore(
    {
      pending: () => pending,
      ownMessage,
      behind: (...note) => behind.push(note),
      history: (_, before, limit) => history(before, limit),
    },
    200,
  );
  store.begin(ada.id);
  store.onChange((one) => news.push(one));
  store.synced(chatId, { chat: model.chat });
  [behind, news] = [[], []];
});

const start = { seq: 0, rev: 0 };
const texts = () => store.view(chatId)?.messages.map(({ text }) => text);
const pendingTexts = () => store.view(chatId)?.pending.map(({ text, stage }) => `${text} (${stage})`);

function writing(text: string, clientMessageId = text): PendingMessage {
  const stage = 'sending' as const;
  const draft = { chatId, text, clientMessageId, createdAt: '2026-01-01T00:00:00.000Z', stage };
  pending = [...pending, draft];
  store.draftsChanged(chatId);
  return draft;
}

/** The server confirmed a draft: out of the outbox, into the chat. */
function confirm({ clientMessageId, text }: PendingMessage, seq: number): void {
  const request = { chatId, text, clientMessageId };
  pending = pending.filter((one) => one.clientMessageId !== clientMessageId);
  store.confirmed({ request, createdAt: '2026-01-01T00:00:00.000Z', place: 1 }, model.message(seq));
  store.draftsChanged(chatId);
}

/** What the outbox does with a message of one's own. */
function ownMessage({ clientMessageId = '', seq }: Message): void {
  own.push(clientMessageId);
  const draft = pending.find((one) => one.clientMessageId === clientMessageId);
  if (draft) confirm(draft, seq);
}

it.each(['chat', 'reset'] as const)(
  'C5 a state (%s) from before a removal does not bring the chat back, a later one does',
  (kind) => {
    const state = () =>
      kind === 'chat' ? { chat: model.chat } : { reset: true as const, chat: model.chat, messages: [] };
    const early = state();
    store.hear('member:removed', model.remove(ada));
    store.synced(chatId, early);
    expect(store.view(chatId)).toBeUndefined();
    model.add(ada);
    store.synced(chatId, state());
    expect(store.view(chatId)?.chat.rev).toBe(2);
  },
);

describe('local echo', () => {
  it('is replaced when the acknowledgement comes, and its fact changes nothing', () => {
    const draft = writing('Hello');
    expect([texts(), pendingTexts()]).toEqual([[], ['Hello (sending)']]);
    const fact = model.send(ada, 'Hello', { clientMessageId: 'Hello' });
    confirm(draft, 1);
    expect([texts(), pendingTexts()]).toEqual([['Hello'], []]);
    store.hear('message:new', fact);
    expect([texts(), pendingTexts()]).toEqual([['Hello'], []]);
  });

  it.each(['fact', 'sync'])('M5 is replaced, and never shown twice, where the %s comes first', (first) => {
    writing('Hello');
    const seen: unknown[] = [];
    store.onChange(() => seen.push([texts(), pendingTexts()]));
    const sent = model.send(ada, 'Hello', { clientMessageId: 'Hello' });
    if (first === 'fact') store.hear('message:new', sent);
    else store.synced(chatId, model.after(start), start);
    expect(new Set(seen.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify([['Hello'], []])]));
  });

  it('M5 is not replaced by a message of somebody else who uses its id', () => {
    writing('Hello');
    store.hear('message:new', model.send(grace, 'Hi', { clientMessageId: 'Hello' }));
    expect([texts(), pendingTexts(), own]).toEqual([['Hi'], ['Hello (sending)'], []]);
  });

  it('of the same words does not hide what is there already when its fact comes late', () => {
    const first = writing('Yes');
    const fact = model.send(ada, 'Yes', { clientMessageId: 'Yes' });
    confirm(first, 1);
    writing('Yes', 'Yes again');
    store.hear('message:new', fact);
    expect([texts(), pendingTexts()]).toEqual([['Yes'], ['Yes (sending)']]);
  });

  it('does not hide what the person says on another device', () => {
    writing('Hello');
    store.hear('message:new', model.send(ada, 'Hello', { clientMessageId: 'from-my-phone' }));
    expect([texts(), pendingTexts()]).toEqual([['Hello'], ['Hello (sending)']]);
  });

  it('stays until its place shows', () => {
    const draft = writing('Hello');
    const missing = model.send(grace, 'Hi');
    model.send(ada, 'Hello', { clientMessageId: 'Hello' });
    confirm(draft, 2);
    expect([texts(), pendingTexts()]).toEqual([[], ['Hello (sent)']]);
    store.hear('message:new', missing);
    expect([texts(), pendingTexts()]).toEqual([['Hi', 'Hello'], []]);
  });
});

describe('what sync says', () => {
  it('tells the outbox which drafts are stored', () => {
    model.send(ada, 'Hello', { clientMessageId: 'draft-1' });
    store.synced(chatId, model.after(start), start);
    expect(own).toEqual(['draft-1']);
  });

  it('an answer of a kind that only a newer server knows changes nothing', () => {
    expect(store.synced(chatId, { moved: 'elsewhere' } as never, start)).toBe(false);
    expect(store.view(chatId)?.chat).toEqual(model.chat);
  });

  it('S1 gone takes the chat away', () => {
    store.synced(chatId, { gone: true });
    expect(store.view(chatId)).toBeUndefined();
    expect(news).toEqual([{ chatId }]);
  });

  it('S1 reset begins anew', () => {
    for (const text of ['one', 'two', 'three']) model.send(grace, text);
    store.synced(chatId, model.reset(2));
    expect(texts()).toEqual(['two', 'three']);
    expect(store.view(chatId)).toMatchObject({ hasOlder: true, chat: { unreadCount: 3 } });
  });
});

describe('loss', () => {
  it('S4 heads that are ahead of what is here are noticed', () => {
    store.hear('chat:heads', { chats: { [chatId]: { seq: 0, rev: 0 } } });
    expect(behind.at(-1)).toEqual([chatId, false]);
    store.hear('chat:heads', { chats: { [chatId]: { seq: 0, rev: 1 } } });
    expect(behind.at(-1)).toEqual([chatId, true]);
  });

  it('a fact of a chat that is not known is noticed', () => {
    const other = new ModelChat('d'.repeat(24));
    for (const text of ['one', 'two']) store.hear('message:new', other.send(grace, text));
    expect(behind.at(-1)).toEqual([other.id, true]);
    store.hear('chat:created', other.chat);
    expect(behind.at(-1)).toEqual([other.id, false]);
  });

  it.each(['chat', 'reset'] as const)(
    'S1 facts that overtake the first answer (%s) about their chat are not lost',
    (kind) => {
      const other = new ModelChat('d'.repeat(24));
      other.send(grace, 'known');
      const answer = kind === 'chat' ? { chat: other.chat } : other.reset(10);
      const sent = other.send(grace, 'one');
      const renamed = other.rename('Looms');
      store.hear('message:new', sent);
      store.hear('chat:updated', renamed);
      store.synced(other.id, answer);
      expect(store.view(other.id)?.chat).toMatchObject({
        title: 'Looms',
        lastMessage: { text: 'one' },
        unreadCount: 2,
      });
      expect(behind.at(-1)).toEqual([other.id, false]);
    },
  );

  it('facts that one person heard are nothing to the next one', () => {
    const other = new ModelChat('d'.repeat(24));
    const answer = { chat: other.chat };
    store.hear('message:new', other.send(grace, 'for Ada'));
    store.begin(grace.id);
    store.synced(other.id, answer);
    expect(store.view(other.id)?.messages).toEqual([]);
  });

  it('of many facts that overtake the first answer, those that are not kept are known to be missing', () => {
    const other = new ModelChat('d'.repeat(24));
    const answer = { chat: other.chat };
    for (let count = 1; count <= 101; count++) store.hear('message:new', other.send(grace, `message ${count}`));
    store.synced(other.id, answer);
    expect(behind.at(-1)).toEqual([other.id, true]);
    store.synced(other.id, other.after(start), start);
    expect(behind.at(-1)).toEqual([other.id, false]);
    expect(store.view(other.id)?.messages).toHaveLength(101);
  });
});

describe('facts that only a newer server knows', () => {
  it('take their place among the changes, whatever they are called', () => {
    store.hear('message:pinned', model.unknown());
    store.hear('chat:updated', model.rename('Looms'));
    expect(behind.at(-1)).toEqual([chatId, false]);
    expect(store.view(chatId)?.chat).toEqual(model.chat);
  });

  it('are nobody’s where they are no change', () => {
    for (const payload of [undefined, null, 'news', {}, { chatId, rev: 'next', kind: 'x' }])
      store.hear('a:fact', payload);
    expect([news, behind]).toEqual([[], []]);
  });
});

describe('C5 membership of one’s own', () => {
  it('ends with member:removed, also where something before it is missing', () => {
    model.rename('Looms');
    store.hear('member:removed', model.remove(ada));
    expect(store.view(chatId)).toBeUndefined();
  });

  it('goes on where being added again was told first', () => {
    const change = model.remove(ada);
    model.add(ada);
    const created: Chat = model.chat;
    store.hear('chat:created', created);
    store.hear('member:removed', change);
    expect(store.view(chatId)).toBeDefined();
    expect(behind.at(-1)).toEqual([chatId, true]);
  });
});

it('reads older messages until there are none', async () => {
  for (let count = 1; count <= 120; count++) model.send(grace, `message ${count}`);
  store.synced(chatId, model.reset(10));
  expect(await store.loadOlder(chatId)).toBe(true);
  expect(texts()).toHaveLength(60);
  expect(await store.loadOlder(chatId, 100)).toBe(false);
  expect(texts()).toHaveLength(120);
  expect(texts()?.[0]).toBe('message 1');
});

it('M10 reads on while there is more, however short a page is', async () => {
  for (let count = 1; count <= 12; count++) model.send(grace, `message ${count}`);
  store.synced(chatId, model.reset(2));
  history = async (before) => model.before(before, 3);
  while (await store.loadOlder(chatId)) expect(store.view(chatId)?.hasOlder).toBe(true);
  expect(texts()).toEqual(Array.from({ length: 12 }, (_, index) => `message ${index + 1}`));
});

it('M10 of a server that does not say whether there is more, a page that is not full is the first', async () => {
  for (let count = 1; count <= 12; count++) model.send(grace, `message ${count}`);
  store.synced(chatId, model.reset(2));
  history = async (before, limit) => ({ items: model.before(before, limit).items });
  expect(await store.loadOlder(chatId, 6)).toBe(true);
  expect(await store.loadOlder(chatId, 6)).toBe(false);
  expect(texts()).toHaveLength(12);
});

it('lists chats by their newest activity, and forgets them for another person', () => {
  const other = new ModelChat('d'.repeat(24));
  other.send(grace, 'news');
  store.synced(other.id, { chat: other.chat });
  expect(store.all.map(({ chat }) => chat.id)).toEqual([other.id, chatId]);
  store.begin(ada.id);
  expect(store.all).toHaveLength(2);
  store.begin(grace.id);
  expect(store.all).toEqual([]);
});
