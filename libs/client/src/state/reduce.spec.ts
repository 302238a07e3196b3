import { ChatError } from '@roost/contract';
import type { Chat, ChatSync, Message, MessagePage, Position } from '@roost/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { deepFreeze } from '../../test/support/deep-freeze.js';
import { ManualClock } from '../../test/support/manual-clock.js';
import { ada, chatId, grace, ModelChat } from '../../test/support/model-chat.js';
import type { ActReply, ChangeToMake } from '../outbox/draft.js';
import type { PendingChange, PendingMessage } from '../outbox/entry.js';
import { History } from '../sync/history.js';
import type { ClientEvent } from './events.js';
import { chatView } from './selectors.js';
import { Store } from './store.js';
import { chatState, chatIdsOf } from './state.js';

let model: ModelChat;
let pending: PendingMessage[];
let changes: PendingChange[];
let own: string[];
let clock: ManualClock;
let store: Store;
let loader: History;
/** What the server says of the history. */
let history: (before: number, limit: number) => Promise<OlderMessages>;
/** How often listeners were told. */
let told: number;

type OlderMessages = Pick<MessagePage, 'items'> & Partial<Pick<MessagePage, 'more'>>;

beforeEach(() => {
  model = new ModelChat();
  clock = new ManualClock();
  [pending, changes, own, told] = [[], [], [], 0];
  afterEach = () => {};
  history = async (before, limit) => model.before(before, limit);
  store = new Store(clock, 200);
  const events = { getSnapshot: store.getSnapshot, dispatch: happened };
  loader = new History(events, ({ before = 0, limit = 50 }) => history(before, limit) as Promise<MessagePage>);
  happened({ type: 'began', userId: ada.id });
  synced({ chat: model.chat });
  store.subscribe(() => told++);
});

/** As the client does it: one's own messages are told to the outbox first. Nothing that was there before may change. */
function happened(event: ClientEvent): void {
  const messages = event.type === 'fact' ? [event.payload as Message] : [];
  if (event.type === 'synced' && 'messages' in event.answer) messages.push(...event.answer.messages);
  for (const message of messages) if (message?.sender?.id === ada.id) ownMessage(message);
  deepFreeze(store.getSnapshot());
  store.dispatch(event);
  afterEach();
}

/** Calls it after each event, as nobody outside can: they are told once a turn. */
const onEach = (look: () => void) => void (afterEach = look);
let afterEach = () => {};

const hear = (name: string, payload: unknown) => happened({ type: 'fact', name, payload });
const synced = (answer: ChatSync, since?: Position, id = chatId) =>
  happened({ type: 'synced', chatId: id, answer, ...(since && { since }) });
const view = (id = chatId) => chatView(store.getSnapshot(), id);
const behind = () => Object.keys(store.getSnapshot().behind);

const start = { seq: 0, rev: 0 };
const texts = () => view()?.messages.map(({ text }) => text);
const pendingTexts = () => view()?.pending.map(({ text, stage }) => `${text} (${stage})`);

function writing(text: string, clientMessageId = text): PendingMessage {
  const stage = 'sending' as const;
  const draft = { chatId, text, clientMessageId, createdAt: '2026-01-01T00:00:00.000Z', stage };
  pending = [...pending, draft];
  happened({ type: 'drafts', chatId, pending, changes });
  return draft;
}

/** The server confirmed a draft: out of the outbox, into the chat. */
function confirm(draft: PendingMessage, seq: number): void {
  pending = pending.filter((one) => one !== draft);
  happened({ type: 'confirmed', draft, message: model.message(seq) });
  happened({ type: 'drafts', chatId, pending, changes });
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
    hear('member:removed', model.remove(ada));
    synced(early);
    expect(view()).toBeUndefined();
    model.add(ada);
    synced(state());
    expect(view()?.chat.rev).toBe(2);
  },
);

describe('C7 a chat that was put out of the list', () => {
  it('is read up to there, where the next message is told first', () => {
    const sent = ['one', 'two', 'three'].map((text) => model.send(grace, text));
    for (const message of sent) hear('message:new', message);
    hear('chat:hidden', { chatId, seq: 2 });
    expect(view()?.chat).toMatchObject({ readSeq: 2, unreadCount: 1 });
  });

  it('is not brought back by a state from before that, and is by a later one', () => {
    hear('message:new', model.send(grace, 'one'));
    const early = model.chat;
    hear('chat:hidden', { chatId, seq: 1 });
    synced({ chat: early });
    expect(view()).toBeUndefined();
    model.readTo = 1;
    hear('chat:created', model.chat);
    expect(view()?.chat).toMatchObject({ readSeq: 1, unreadCount: 0 });
  });
});

const askedNow = () => ({ before: 3, lastSeq: 2, epoch: chatState(store.getSnapshot(), chatId)!.epoch });
const pageNow = () => ({ items: [...model.messages], moreBefore: false, moreAfter: true });

describe('a page of history', () => {
  it.each(['begins anew', 'is gone and there again', 'is another person’s, and theirs again'])(
    'is of no use where the chat %s meanwhile',
    (what) => {
      for (const text of ['one', 'two']) model.send(grace, text);
      synced(model.reset(1));
      const [before, page] = [askedNow(), pageNow()];
      happened({ type: 'reading', chatId });
      model.delete(1);
      if (what === 'is gone and there again') synced({ gone: true });
      if (what.startsWith('is another')) for (const { id } of [grace, ada]) happened({ type: 'began', userId: id });
      // As often as before: it is not the count that matters.
      for (let times = 0; times < 2; times++) synced(model.reset(1));
      happened({ type: 'read', chatId, asked: before, page });
      expect(texts()).toEqual(['two']);
      expect(chatState(store.getSnapshot(), chatId)?.reads).toBe(0);
    },
  );

  it('beyond what is known of the chat changes nothing', () => {
    happened({ type: 'reading', chatId });
    const { segments } = chatState(store.getSnapshot(), chatId)!;
    const items = ['one', 'two', 'three'].map((text) => model.send(grace, text)).slice(2);
    const { epoch } = askedNow();
    const page = { items, moreBefore: true, moreAfter: false };
    happened({ type: 'read', chatId, asked: { around: 3, lastSeq: 0, epoch }, page });
    expect(chatState(store.getSnapshot(), chatId)?.segments).toBe(segments);
  });
});

it('what was sent to a chat, and made in it, is forgotten with it, its answer coming before or after that', () => {
  const draft = writing('Hello');
  const leaving = asks({ command: 'member:leave', request: { chatId } });
  model.send(grace, 'missing');
  const message = model.send(ada, 'Hello', { clientMessageId: 'Hello' });
  confirm(draft, message.seq);
  synced({ gone: true });
  expect(store.getSnapshot().pending).toEqual({});
  made(leaving, {});
  happened({ type: 'confirmed', draft, message });
  expect(behind()).toEqual([chatId]);
  synced({ gone: true });
  expect(store.getSnapshot()).toMatchObject({ pending: {}, changes: {}, behind: {}, unheard: {} });
});

describe('local echo', () => {
  it('is replaced when the acknowledgement comes, and its fact changes nothing', () => {
    const draft = writing('Hello');
    expect([texts(), pendingTexts()]).toEqual([[], ['Hello (sending)']]);
    const fact = model.send(ada, 'Hello', { clientMessageId: 'Hello' });
    confirm(draft, 1);
    expect([texts(), pendingTexts()]).toEqual([['Hello'], []]);
    hear('message:new', fact);
    expect([texts(), pendingTexts()]).toEqual([['Hello'], []]);
  });

  it.each(['fact', 'sync'])('M5 is replaced, and never shown twice, where the %s comes first', (first) => {
    writing('Hello');
    const seen: unknown[] = [];
    onEach(() => seen.push([texts(), pendingTexts()]));
    const sent = model.send(ada, 'Hello', { clientMessageId: 'Hello' });
    if (first === 'fact') hear('message:new', sent);
    else synced(model.after(start), start);
    expect(new Set(seen.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify([['Hello'], []])]));
  });

  it('M5 is not replaced by a message of somebody else who uses its id', () => {
    writing('Hello');
    hear('message:new', model.send(grace, 'Hi', { clientMessageId: 'Hello' }));
    expect([texts(), pendingTexts(), own]).toEqual([['Hi'], ['Hello (sending)'], []]);
  });

  it('of the same words does not hide what is there already when its fact comes late', () => {
    const first = writing('Yes');
    const fact = model.send(ada, 'Yes', { clientMessageId: 'Yes' });
    confirm(first, 1);
    writing('Yes', 'Yes again');
    hear('message:new', fact);
    expect([texts(), pendingTexts()]).toEqual([['Yes'], ['Yes (sending)']]);
  });

  it('does not hide what the person says on another device', () => {
    writing('Hello');
    hear('message:new', model.send(ada, 'Hello', { clientMessageId: 'from-my-phone' }));
    expect([texts(), pendingTexts()]).toEqual([['Hello'], ['Hello (sending)']]);
  });

  it('stays until its place shows', () => {
    const draft = writing('Hello');
    const missing = model.send(grace, 'Hi');
    model.send(ada, 'Hello', { clientMessageId: 'Hello' });
    confirm(draft, 2);
    expect([texts(), pendingTexts()]).toEqual([[], ['Hello (sent)']]);
    hear('message:new', missing);
    expect([texts(), pendingTexts()]).toEqual([['Hi', 'Hello'], []]);
  });
});

const missMuch = () => Array.from({ length: 30 }, (_, index) => model.send(grace, `missed ${index}`));

describe('a chat that begins anew, for too much was missed', () => {
  it('shows nothing below it that was sent before that, though its place is not among what is read', () => {
    const draft = writing('Hello');
    model.send(grace, 'missing');
    model.send(ada, 'Hello', { clientMessageId: 'Hello' });
    confirm(draft, 2);
    expect(pendingTexts()).toEqual(['Hello (sent)']);
    missMuch();
    synced(model.reset(5));
    expect([texts()?.[0], pendingTexts()]).toEqual(['missed 25', []]);
  });

  it('keeps what waits, and what was refused', () => {
    writing('Hello');
    const refused = { ...pending[0]!, clientMessageId: 'no', text: 'No', stage: 'failed' as const };
    pending = [refused, ...pending];
    happened({ type: 'drafts', chatId, pending, changes });
    const editing = asks(edit(said()));
    missMuch();
    synced(model.reset(5));
    expect(pendingTexts()).toEqual(['No (failed)', 'Hello (sending)']);
    expect(view()?.changes).toEqual([editing]);
  });
});

/** It waits in the outbox. */
function asks(change: ChangeToMake, stage: PendingChange['stage'] = 'sending'): PendingChange {
  const asked: PendingChange = { ...change, id: 'mine', chatId, createdAt: '2026-01-02T00:00:00.000Z', stage };
  changes = [asked];
  happened({ type: 'drafts', chatId, pending, changes });
  return asked;
}

/** The server has made it; its fact comes before or after that. */
function made(change: PendingChange, reply: ActReply): void {
  changes = [];
  happened({ type: 'made', change, reply });
  happened({ type: 'drafts', chatId, pending, changes });
}

const said = () => model.send(ada, 'Helo');
const edit = (message: Message): ChangeToMake => ({
  command: 'message:edit',
  request: { messageId: message.id, text: 'Hello' },
});

describe('A7 a change of one’s own', () => {
  it.each(['before', 'after'])('is shown at once and never taken back, its fact coming %s its answer', (when) => {
    const message = said();
    hear('message:new', message);
    const seen: unknown[] = [];
    const change = asks(edit(message));
    onEach(() => seen.push(texts()));
    const fact = model.edit(1, 'Hello');
    if (when === 'before') hear('message:edited', fact);
    made(change, { message: model.message(1) });
    if (when === 'after') hear('message:edited', fact);
    expect(new Set(seen.map(String))).toEqual(new Set(['Hello']));
    expect(view()).toMatchObject({ changes: [], messages: [{ editedAt: model.message(1).editedAt }] });
    // What another device does later is not hidden by it.
    hear('message:edited', model.edit(1, 'Hello!'));
    expect(texts()).toEqual(['Hello!']);
  });

  it('is taken back where it is refused, and says why', () => {
    const message = said();
    hear('message:new', message);
    asks(edit(message));
    expect(texts()).toEqual(['Hello']);
    const error = new ChatError('message/not_yours');
    changes = [{ ...changes[0]!, stage: 'failed', error }];
    happened({ type: 'drafts', chatId, pending, changes });
    expect([texts(), view()?.changes.map((one) => one.error)]).toEqual([['Helo'], [error]]);
  });

  it('deletes and names at once as well, and leaves every other row as it is', () => {
    for (const text of ['one', 'two']) hear('message:new', model.send(grace, text));
    const [one] = view()?.messages ?? [];
    const deleting = asks({ command: 'message:delete', request: { messageId: model.message(2).id } });
    expect(view()?.messages[1]).toMatchObject({ text: '', deletedAt: expect.any(String) });
    expect(view()?.messages[0]).toBe(one);
    expect(view()).toBe(view());
    made(deleting, {});
    expect(view()?.messages[1]?.deletedAt).toBe(deleting.createdAt);
    hear('message:deleted', model.delete(2));
    expect(view()?.messages[1]).toEqual(model.message(2));
    const naming = asks({ command: 'chat:update', request: { chatId, title: 'Looms' } });
    expect(view()?.chat.title).toBe('Looms');
    const fact = model.rename('Looms');
    made(naming, { chat: model.chat });
    expect(view()).toMatchObject({ chat: { title: 'Looms' }, changes: [{ stage: 'sent' }] });
    hear('chat:updated', fact);
    expect(view()).toMatchObject({ chat: { title: 'Looms' }, changes: [] });
    const setting = asks({ command: 'chat:update', request: { chatId, settings: { slowModeSeconds: 30 } } });
    expect(view()?.chat).toMatchObject({ title: 'Looms', settings: { ...model.settings, slowModeSeconds: 30 } });
    const set = model.set({ slowModeSeconds: 30 });
    made(setting, { chat: model.chat });
    hear('chat:updated', set);
    expect(view()).toMatchObject({ chat: { settings: { mayPost: 'everyone', slowModeSeconds: 30 } }, changes: [] });
  });
});

describe('what sync says', () => {
  it('tells the outbox which drafts are stored', () => {
    model.send(ada, 'Hello', { clientMessageId: 'draft-1' });
    synced(model.after(start), start);
    expect(own).toEqual(['draft-1']);
  });

  it('an answer of a kind that only a newer server knows changes nothing', () => {
    const before = store.getSnapshot();
    synced({ moved: 'elsewhere' } as never, start);
    expect(store.getSnapshot()).toBe(before);
  });

  it('S1 gone takes the chat away', () => {
    synced({ gone: true });
    expect(view()).toBeUndefined();
    expect(chatIdsOf(store.getSnapshot())).toEqual([]);
  });

  it('S1 reset begins anew', () => {
    for (const text of ['one', 'two', 'three']) model.send(grace, text);
    synced(model.reset(2));
    expect(texts()).toEqual(['two', 'three']);
    expect(view()).toMatchObject({ hasOlder: true, chat: { unreadCount: 3 } });
  });
});

describe('loss', () => {
  it('S4 heads that are ahead of what is here are noticed', () => {
    hear('chat:heads', { chats: { [chatId]: { seq: 0, rev: 0 } } });
    expect(behind()).toEqual([]);
    hear('chat:heads', { chats: { [chatId]: { seq: 0, rev: 1 } } });
    expect(behind()).toEqual([chatId]);
  });

  it('a fact of a chat that is not known is noticed', () => {
    const other = new ModelChat('d'.repeat(24));
    for (const text of ['one', 'two']) hear('message:new', other.send(grace, text));
    expect(behind()).toEqual([other.id]);
    hear('chat:created', other.chat);
    expect(behind()).toEqual([]);
  });

  it.each(['chat', 'reset'] as const)(
    'S1 facts that overtake the first answer (%s) about their chat are not lost',
    (kind) => {
      const other = new ModelChat('d'.repeat(24));
      other.send(grace, 'known');
      const answer = kind === 'chat' ? { chat: other.chat } : other.reset(10);
      const sent = other.send(grace, 'one');
      const renamed = other.rename('Looms');
      hear('message:new', sent);
      hear('chat:updated', renamed);
      synced(answer, start, other.id);
      expect(view(other.id)?.chat).toMatchObject({
        title: 'Looms',
        lastMessage: { text: 'one' },
        unreadCount: 2,
      });
      expect(behind()).toEqual([]);
    },
  );

  it('facts that one person heard are nothing to the next one', () => {
    const other = new ModelChat('d'.repeat(24));
    const answer = { chat: other.chat };
    hear('message:new', other.send(grace, 'for Ada'));
    happened({ type: 'began', userId: grace.id });
    synced(answer, start, other.id);
    expect(view(other.id)?.messages).toEqual([]);
  });

  it('of many facts that overtake the first answer, those that are not kept are known to be missing', () => {
    const other = new ModelChat('d'.repeat(24));
    const answer = { chat: other.chat };
    for (let count = 1; count <= 101; count++) hear('message:new', other.send(grace, `message ${count}`));
    synced(answer, start, other.id);
    expect(behind()).toEqual([other.id]);
    synced(other.after(start), start, other.id);
    expect(behind()).toEqual([]);
    expect(view(other.id)?.messages).toHaveLength(101);
  });
});

describe('facts that only a newer server knows', () => {
  it('take their place among the changes, whatever they are called', () => {
    hear('message:pinned', model.unknown());
    hear('chat:updated', model.rename('Looms'));
    expect(behind()).toEqual([]);
    expect(view()?.chat).toEqual(model.chat);
  });

  it('are nobody’s where they are no change', () => {
    const before = store.getSnapshot();
    for (const payload of [undefined, null, 'news', {}, { chatId, rev: 'next', kind: 'x' }]) hear('a:fact', payload);
    expect(store.getSnapshot()).toBe(before);
  });
});

describe('C5 membership of one’s own', () => {
  it('ends with member:removed, also where something before it is missing', () => {
    model.rename('Looms');
    hear('member:removed', model.remove(ada));
    expect(view()).toBeUndefined();
  });

  it('goes on where being added again was told first', () => {
    const change = model.remove(ada);
    model.add(ada);
    const created: Chat = model.chat;
    hear('chat:created', created);
    hear('member:removed', change);
    expect(view()).toBeDefined();
    expect(behind()).toEqual([chatId]);
  });
});

it('reads older messages until there are none', async () => {
  for (let count = 1; count <= 120; count++) model.send(grace, `message ${count}`);
  synced(model.reset(10));
  expect(await loader.loadOlder(chatId)).toBe(true);
  expect(texts()).toHaveLength(60);
  expect(await loader.loadOlder(chatId, 100)).toBe(false);
  expect(texts()).toHaveLength(120);
  expect(texts()?.[0]).toBe('message 1');
});

it('M10 reads on while there is more, however short a page is', async () => {
  for (let count = 1; count <= 12; count++) model.send(grace, `message ${count}`);
  synced(model.reset(2));
  history = async (before) => model.before(before, 3);
  while (await loader.loadOlder(chatId)) expect(view()?.hasOlder).toBe(true);
  expect(texts()).toEqual(Array.from({ length: 12 }, (_, index) => `message ${index + 1}`));
});

it('M10 of a server that does not say whether there is more, a page that is not full is the first', async () => {
  for (let count = 1; count <= 12; count++) model.send(grace, `message ${count}`);
  synced(model.reset(2));
  history = async (before, limit) => ({ items: model.before(before, limit).items });
  expect(await loader.loadOlder(chatId, 6)).toBe(true);
  expect(await loader.loadOlder(chatId, 6)).toBe(false);
  expect(texts()).toHaveLength(12);
});

it('lists chats by their newest activity, and forgets them for another person', () => {
  const other = new ModelChat('d'.repeat(24));
  other.send(grace, 'news');
  synced({ chat: other.chat }, start, other.id);
  expect(chatIdsOf(store.getSnapshot())).toEqual([other.id, chatId]);
  happened({ type: 'began', userId: ada.id });
  expect(chatIdsOf(store.getSnapshot())).toHaveLength(2);
  happened({ type: 'began', userId: grace.id });
  expect(chatIdsOf(store.getSnapshot())).toEqual([]);
});
