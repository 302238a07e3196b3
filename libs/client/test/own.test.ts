import { MemoryStorage, RoostClient, totalUnread } from '@roost/client';
import type { RoostClientOptions } from '@roost/client';
import { ChatError } from '@roost/contract';
import type { DraftChanged, SocketLimits } from '@roost/contract';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { awaitedLater } from '../../../test/support/awaited-later.js';
import { patienceMs } from '../../../test/support/patience.js';
import { fastWorld, patient } from './support/fast-world.js';
import { MiniReplica } from './support/mini-replica.js';
import type { ModelChat } from './support/model-chat.js';

let replica: MiniReplica;
let chat: ModelChat;
let client: RoostClient;
let clients: RoostClient[];

beforeEach(async () => {
  replica = await MiniReplica.start();
  replica.limits = { ownChanges: 50 } as SocketLimits;
  chat = replica.chat();
  clients = [];
  client = newClient();
});

afterEach(async () => {
  for (const one of clients) one.close();
  await replica.close();
});

function newClient(options: Partial<RoostClientOptions> = {}): RoostClient {
  const one = new RoostClient({ url: replica.url, token: 'token', ...patient, ...options }, fastWorld);
  clients.push(one);
  return one;
}

const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: patienceMs, interval: 5 });
const marks = () => client.view(chat.id)?.marks;

it('R7 shows a mark at once, keeps it, and takes what was refused back', async () => {
  await client.connect();
  const marking = awaitedLater(client.markChat(chat.id, { muted: true }));
  expect(marks()).toEqual({ muted: true });
  expect(await marking).toMatchObject({ marks: { muted: true } });
  expect(marks()).toEqual({ muted: true });
  const view = client.view(chat.id);
  expect(client.view(chat.id)).toBe(view);
  replica.refusals.push({ command: 'chat:mark', error: new ChatError('chat/access_denied') });
  await expect(client.markChat(chat.id, { pinned: true })).rejects.toMatchObject({ code: 'chat/access_denied' });
  expect(marks()).toEqual({ muted: true });
});

it('R7 what is muted is not in the total, and what is archived is back with the next message, unless it is muted', async () => {
  await client.connect();
  replica.say(chat, 'one');
  await eventually(() => expect(totalUnread(client.getSnapshot())).toBe(1));
  await client.markChat(chat.id, { archived: true });
  expect(client.view(chat.id)?.isArchived).toBe(true);
  replica.say(chat, 'two');
  await eventually(() => expect(client.view(chat.id)?.isArchived).toBe(false));
  await client.markChat(chat.id, { archived: true, muted: true });
  expect(totalUnread(client.getSnapshot())).toBe(0);
  replica.say(chat, 'three');
  await eventually(() => expect(client.view(chat.id)?.messages).toHaveLength(3));
  expect(client.view(chat.id)?.isArchived).toBe(true);
});

it('R5 opening a chat takes the mark back that it is unread', async () => {
  await client.connect();
  await client.markChat(chat.id, { unread: true });
  expect(marks()).toEqual({ unread: true });
  await client.join(chat.id);
  await eventually(() => expect(replica.own.marksOf(chat.id)).toEqual({ unread: false }));
  expect(marks()).toEqual({});
});

it('S9 what other devices do shows, also what was told while this one was away, and what was lost on its way', async () => {
  await client.connect();
  replica.tell('chat:marked', replica.own.mark(chat.id, { pinned: true }));
  await eventually(() => expect(marks()).toEqual({ pinned: true }));
  replica.cut();
  replica.own.mark(chat.id, { muted: true });
  await eventually(() => expect(marks()).toEqual({ pinned: true, muted: true }));
  replica.own.mark(chat.id, { muted: false });
  replica.tell('chat:marked', replica.own.mark(chat.id, { unread: true }));
  await eventually(() => expect(marks()).toEqual({ pinned: true, unread: true }));
});

it('S9 a mark that was lost on its way is asked for when the head of the log is told', async () => {
  await client.connect();
  const { ownRev } = replica.own.mark(chat.id, { pinned: true });
  replica.tell('me:head', { ownRev });
  await eventually(() => expect(marks()).toEqual({ pinned: true }));
  replica.tell('me:head', { ownRev });
  replica.tell('chat:marked', replica.own.mark(chat.id, { muted: true }));
  await eventually(() => expect(marks()).toEqual({ pinned: true, muted: true }));
  expect(replica.count('sync')).toBe(2);
});

it('S9 is kept over a restart, and not shown to another person', async () => {
  const storage = new MemoryStorage();
  const first = newClient({ storage });
  await first.connect();
  await first.markChat(chat.id, { pinned: true });
  first.close();
  const kept = { own: { marks: { [chat.id]: { pinned: true } } } };
  await eventually(async () => expect((await storage.load()).get('me')).toMatchObject(kept));
  client = newClient({ storage });
  await client.restore();
  expect(marks()).toEqual({ pinned: true });
  await client.signOut();
  const next = newClient({ storage });
  await next.restore();
  expect(next.getSnapshot().own.marks).toEqual({});
});

it('S9 asks no server for it that keeps none', async () => {
  replica.limits = undefined;
  replica.own.mark(chat.id, { pinned: true });
  await client.connect();
  expect(
    replica.asked.filter(([name]) => name === 'sync').map(([, request]) => Object.keys(request as object)),
  ).toEqual([['chats', 'includeNew']]);
  expect(marks()).toEqual({});
});

// --- What one has begun to write

const draftOf = (one: RoostClient) => one.view(chat.id)?.draft?.text;
const isKeptAs = (text: string | undefined) => eventually(() => expect(lastKept()?.draft?.text).toBe(text));
const lastKept = () => replica.own.page(0).changes.findLast(({ kind }) => kind === 'draft:changed') as DraftChanged;

it('R6 shows what is written at once, on all devices soon, and not each letter is told', async () => {
  const desk = newClient();
  await Promise.all([client.connect(), desk.connect()]);
  for (const text of ['H', 'He', 'Hello']) client.writeDraft(chat.id, text);
  expect(draftOf(client)).toBe('Hello');
  await eventually(() => expect(draftOf(desk)).toBe('Hello'));
  expect(replica.count('draft:save')).toBe(1);
  desk.writeDraft(chat.id, 'Hello there');
  await eventually(() => expect(draftOf(client)).toBe('Hello there'));
  client.writeDraft(chat.id, '');
  expect(client.view(chat.id)?.draft).toBeUndefined();
  await eventually(() => expect(desk.view(chat.id)?.draft).toBeUndefined());
});

it.each(['mine', 'theirs'] as const)('R6 keeps both of two drafts until one is chosen: %s', async (which) => {
  const desk = newClient();
  await Promise.all([client.connect(), desk.connect()]);
  replica.refusals.push({ command: 'draft:save', error: new ChatError('server/overloaded', { retryAfterMs: 500 }) });
  client.writeDraft(chat.id, 'on the phone');
  await eventually(() => expect(replica.count('draft:save')).toBe(1));
  const { change } = replica.own.save(chat, 0, { text: 'at the desk', clientMessageId: 'desk' });
  replica.tell('draft:changed', change!);
  await eventually(() => expect(client.view(chat.id)?.draft?.other?.text).toBe('at the desk'));
  client.writeDraft(chat.id, 'on the phone, and more');
  expect(client.view(chat.id)?.draft).toMatchObject({
    text: 'on the phone, and more',
    other: { clientMessageId: 'desk' },
  });
  await isKeptAs('at the desk');
  client.chooseDraft(chat.id, which);
  const chosen = which === 'mine' ? 'on the phone, and more' : 'at the desk';
  expect(client.view(chat.id)?.draft).not.toHaveProperty('other');
  expect(draftOf(client)).toBe(chosen);
  await isKeptAs(chosen);
  await eventually(() => expect(draftOf(desk)).toBe(chosen));
});

it('R6 what is sent is no draft any more, on no device, and none that is older comes back', async () => {
  const desk = newClient();
  await Promise.all([client.connect(), desk.connect()]);
  await expect(client.sendDraft(chat.id)).rejects.toMatchObject({ code: 'request/invalid' });
  replica.say(chat, 'asked');
  client.writeDraft(chat.id, 'Hello', { parentId: chat.message(1).id });
  await eventually(() => expect(draftOf(desk)).toBe('Hello'));
  const { message } = await client.sendDraft(chat.id);
  expect(message).toMatchObject({ text: 'Hello', parentId: chat.message(1).id });
  for (const one of [client, desk]) await eventually(() => expect(one.view(chat.id)?.draft).toBeUndefined());
  await isKeptAs(undefined);
  expect(replica.own.save(chat, 9, { text: 'Hel', clientMessageId: message.clientMessageId! })).toMatchObject({
    saved: false,
  });
});

it('R6 what was typed right before the program ended is there again, and told', async () => {
  const storage = new MemoryStorage();
  const first = newClient({ storage });
  await first.connect();
  first.writeDraft(chat.id, 'half a sen');
  first.close();
  const second = newClient({ storage });
  await second.restore();
  expect(second.getSnapshot().written[chat.id]?.text).toBe('half a sen');
  await second.connect();
  await isKeptAs('half a sen');
  await second.signOut();
  const third = newClient({ storage });
  await third.restore();
  expect(third.getSnapshot().written).toEqual({});
});

it('R6 where the server keeps no drafts it stays on this device', async () => {
  await client.connect();
  replica.refusals.push({ command: 'draft:save', error: new ChatError('command/unknown') });
  client.writeDraft(chat.id, 'Hello');
  await eventually(() => expect(replica.count('draft:save')).toBe(1));
  expect(draftOf(client)).toBe('Hello');
});
