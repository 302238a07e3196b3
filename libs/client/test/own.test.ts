import { MemoryStorage, RoostClient, totalUnread } from '@roost/client';
import type { RoostClientOptions } from '@roost/client';
import { ChatError } from '@roost/contract';
import type { SocketLimits } from '@roost/contract';
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
