import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChatError, MemoryStorage, RoostClient } from '@roost/client';
import type { ChatView, RoostClientOptions, StreamPosition } from '@roost/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awaitedLater } from '../../../test/support/awaited-later.js';
import { patienceMs } from '../../../test/support/patience.js';
import { FileStorage } from '../src/node/file-storage.js';
import { fastWorld, patient } from './support/fast-world.js';
import { MiniReplica } from './support/mini-replica.js';
import type { PageSignal } from '../src/connection/page-signals.js';
import { grace } from './support/model-chat.js';
import type { SocketLimits } from '@roost/contract';
import type { ModelChat } from './support/model-chat.js';

let replica: MiniReplica;
let chat: ModelChat;
let client: RoostClient;
let clients: RoostClient[];

beforeEach(async () => {
  replica = await MiniReplica.start();
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

function view(): ChatView {
  const found = client.view(chat.id);
  if (!found) throw new Error('the chat is not there');
  return found;
}

const texts = () => view().messages.map(({ text }) => text);
const pending = () => view().pending.map(({ text, stage }) => `${text} (${stage})`);
const eventually = (assertion: () => unknown) => vi.waitFor(assertion, { timeout: patienceMs, interval: 5 });

/** Cuts the connection; resolves when another one has caught up. */
async function cutAndBack(meanwhile: () => void = () => {}): Promise<void> {
  const states = statesOf(client);
  replica.cut();
  meanwhile();
  await eventually(() => expect(states).toEqual(['connecting', 'catchingUp', 'live']));
}

/** Every state from now on, by name. */
function statesOf(one: RoostClient): string[] {
  const names: string[] = [];
  one.onState(({ name }) => names.push(name));
  return names;
}

it('knows the chats when it is connected, and follows them', async () => {
  const states = statesOf(client);
  await client.connect();
  expect(states).toEqual(['connecting', 'catchingUp', 'live']);
  expect(client.chats.map((one) => one.title)).toEqual(['Engines']);
  replica.say(chat, 'Hello');
  replica.say(chat, 'Anybody?');
  replica.tell('message:edited', chat.edit(1, 'Hello!') as never);
  await eventually(() => expect(texts()).toEqual(['Hello!', 'Anybody?']));
  expect(view().chat).toMatchObject({ unreadCount: 2, lastSeq: 2, rev: 1 });
});

describe('sending', () => {
  it('shows the message at once, and in its place when it is stored', async () => {
    await client.connect();
    const sent = awaitedLater(client.send(chat.id, 'Hello'));
    expect(pending()).toEqual(['Hello (storing)']);
    const { message } = await sent;
    expect([texts(), pending()]).toEqual([['Hello'], []]);
    expect(view().messages[0]?.id).toBe(message.id);
  });

  it('M5 stores a message once whose acknowledgement was lost with the connection', async () => {
    await client.connect();
    const seen: number[] = [];
    client.subscribe(() => seen.push(view().messages.length + view().pending.length));
    replica.loses = true;
    replica.afterStoring = (socket) => socket.conn.close();
    expect(await client.send(chat.id, 'Hello')).toMatchObject({ message: { seq: 1 } });
    expect(chat.messages).toHaveLength(1);
    expect([texts(), pending()]).toEqual([['Hello'], []]);
    // Never two of it on the screen, and never none.
    expect(new Set(seen)).toEqual(new Set([1]));
  });

  it('M5 is done with a message whose fact came, though its acknowledgement never does', async () => {
    await client.connect();
    replica.afterStoring = () => {};
    const sent = await Promise.all([client.send(chat.id, 'one'), client.send(chat.id, 'two')]);
    expect(sent.map(({ message }) => message.seq)).toEqual([1, 2]);
    expect([texts(), pending()]).toEqual([['one', 'two'], []]);
  });

  it('M5 shows a message once that another window with the same storage has sent', async () => {
    const storage = new MemoryStorage();
    const request = { chatId: chat.id, text: 'Hello', clientMessageId: 'mine' };
    const draft = { id: 'mine', chatId: chat.id, command: 'message:send', request, place: 1 };
    await storage.put('draft/mine', { ...draft, createdAt: '2026-01-01T00:00:00.000Z' });
    const tooMany = new ChatError('rate/limited', { retryAfterMs: 600_000 });
    replica.refusals.push({ command: 'message:send', error: tooMany });
    client = newClient({ storage });
    await client.connect();
    await eventually(() => expect(replica.count('message:send')).toBe(1));
    expect(pending()).toEqual(['Hello (waiting)']);
    await newClient({ storage }).connect();
    await eventually(() => expect([texts(), pending()]).toEqual([['Hello'], []]));
    expect(replica.count('message:send')).toBe(2);
  });

  it('goes on without a connection: everything is sent when there is one, in order', async () => {
    const sent = awaitedLater(['one', 'two', 'three'].map((text) => client.send(chat.id, text)));
    await client.connect();
    await Promise.all(sent);
    const lost = new Promise((resolve) => client.onState(resolve));
    replica.cut();
    expect(await lost).toMatchObject({ name: 'connecting' });
    await Promise.all(['four', 'five'].map((text) => client.send(chat.id, text)));
    expect(chat.messages.map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('tries again what may be tried again, and hands back what is refused for good', async () => {
    await client.connect();
    replica.refusals.push({ command: 'message:send', error: new ChatError('store/unavailable') });
    await client.send(chat.id, 'Hello');
    replica.refusals.push({ command: 'message:send', error: new ChatError('chat/role_required') });
    await expect(client.send(chat.id, 'Bye')).rejects.toMatchObject({ code: 'chat/role_required' });
    expect(pending()).toEqual(['Bye (failed)']);
    expect(view().pending[0]?.error?.message).toBe('Your role in this chat does not allow this');
    await client.outbox.discard(view().pending[0]?.clientMessageId ?? '');
    expect(pending()).toEqual([]);
  });

  it('survives the end of the program', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'roost-drafts-'));
    try {
      const before = newClient({ storage: new FileStorage(dir) });
      const sent = awaitedLater(before.send(chat.id, 'Hello'));
      await eventually(() => expect(before.outbox.pending(chat.id)[0]?.stage).toBe('waiting'));
      before.close();
      await expect(sent).rejects.toMatchObject({ name: 'NoAnswer' });
      const after = newClient({ storage: new FileStorage(dir) });
      await after.connect();
      await eventually(() => expect(after.outbox.all).toEqual([]));
      expect(chat.messages.map(({ text }) => text)).toEqual(['Hello']);
    } finally {
      // The outbox may still be writing: what was acknowledged is taken out of its file behind the answer.
      await rm(dir, { recursive: true, maxRetries: 10 });
    }
  });
});

describe('being complete', () => {
  it('S1 what was said while there was no connection is there after it', async () => {
    await client.connect();
    replica.say(chat, 'one');
    await cutAndBack(() => {
      for (let count = 0; count < 25; count++) chat.send(grace, `missed ${count}`);
      chat.rename('Looms');
    });
    expect(texts()).toHaveLength(26);
    expect(view().chat.title).toBe('Looms');
  });

  it('S1 takes a page that leaves places out for complete, and asks no more', async () => {
    await client.connect();
    await cutAndBack(() => {
      for (const text of ['one', 'hidden', 'three']) chat.send(grace, text);
      for (const title of ['Cards', 'Looms']) chat.rename(title);
      chat.hidden.seqs.add(2);
      chat.hidden.revs.add(1);
    });
    expect([texts(), view().chat]).toMatchObject([['one', 'three'], { title: 'Looms', lastSeq: 3, rev: 2 }]);
    replica.tell('chat:heads', { chats: { [chat.id]: chat.head } });
    replica.say(chat, 'four');
    await eventually(() => expect(texts()).toEqual(['one', 'three', 'four']));
    // Of two chats with a gap, both would be asked for.
    const other = replica.chat('d'.repeat(24));
    replica.tell('chat:created', other.chat);
    const asked = replica.count('sync');
    replica.tell('chat:heads', { chats: { [other.id]: { seq: 0, rev: 1 } } });
    await eventually(() => expect(replica.count('sync')).toBe(asked + 1));
    expect(replica.asked.at(-1)).toEqual(['sync', { chats: { [other.id]: { seq: 0, rev: 0 } }, includeNew: false }]);
  });

  it('S1 takes kinds of change and facts that only a newer server knows as they come', async () => {
    await client.connect();
    const asked = replica.count('sync');
    replica.tell('message:pinned' as never, chat.unknown() as never);
    replica.tell('weather:changed' as never, { to: 'rain' } as never);
    replica.tell('chat:updated', { ...chat.rename('Looms'), colour: 'blue' } as never);
    await eventually(() => expect(view().chat).toMatchObject({ title: 'Looms', rev: 2 }));
    expect(replica.count('sync')).toBe(asked);
    await cutAndBack(() => {
      chat.unknown();
      chat.rename('Cards');
    });
    expect(view().chat).toMatchObject({ title: 'Cards', rev: 4 });
  });

  it('goes on where catching up is refused for one of its chats', async () => {
    replica.refusals.push({ command: 'sync', error: new ChatError('chat/access_denied') });
    await client.connect();
    expect(client.state.name).toBe('live');
  });

  it('S1 a chat that was left meanwhile is gone, one that is new is there', async () => {
    await client.connect();
    replica.chats.delete(chat.id);
    const other = replica.chat('d'.repeat(24));
    replica.cut();
    await eventually(() => expect(client.chats.map((one) => one.id)).toEqual([other.id]));
  });

  it('S3 a fact that was lost is asked for when another one follows it', async () => {
    await client.connect();
    replica.loses = true;
    replica.say(chat, 'lost');
    replica.loses = false;
    replica.say(chat, 'heard');
    await eventually(() => expect(texts()).toEqual(['lost', 'heard']));
    expect(replica.asked.at(-1)).toEqual(['sync', { chats: { [chat.id]: { seq: 0, rev: 0 } }, includeNew: false }]);
  });

  it('S4 a fact that was lost is asked for when the heads say so', async () => {
    await client.connect();
    chat.send(grace, 'lost');
    replica.tell('chat:heads', { chats: { [chat.id]: chat.head } });
    await eventually(() => expect(texts()).toEqual(['lost']));
  });

  it('S3 a chat that is heard of for the first time is asked for', async () => {
    await client.connect();
    const other = replica.chat('d'.repeat(24));
    replica.say(other, 'Hello');
    await eventually(() => expect(client.view(other.id)?.chat.lastSeq).toBe(1));
  });

  it('S5 is told while the replica is degraded, and asks again and again', async () => {
    await client.connect();
    replica.tell('server:degraded', { since: '2026-01-01T00:00:00.000Z' });
    await eventually(() => expect(client.state.name).toBe('degraded'));
    chat.send(grace, 'on another replica');
    await eventually(() => expect(texts()).toEqual(['on another replica']));
    chat.send(grace, 'just before the end');
    replica.tell('server:recovered', { since: '2026-01-01T00:00:00.000Z' });
    await eventually(() => expect(client.state.name).toBe('live'));
    expect(texts()).toEqual(['on another replica', 'just before the end']);
  });

  it('catches up when the store is back', async () => {
    const states = statesOf(client);
    replica.refusals.push({ command: 'sync', error: new ChatError('store/unavailable') });
    await client.connect();
    expect(states).toEqual(['connecting', 'catchingUp', 'live']);
    expect(replica.count('sync')).toBe(2);
  });

  it('reads older messages when asked to', async () => {
    for (let count = 1; count <= 70; count++) chat.send(grace, `message ${count}`);
    await client.connect();
    expect([texts(), view().hasOlder]).toEqual([[], true]);
    expect(await client.loadOlder(chat.id)).toBe(true);
    expect(await client.loadOlder(chat.id)).toBe(false);
    expect(texts()).toHaveLength(70);
  });

  it('M10 a chat that is opened shows what was said before, whatever came since or comes meanwhile', async () => {
    for (let count = 1; count <= 60; count++) chat.send(grace, `message ${count}`);
    await client.connect();
    replica.say(chat, 'since');
    await eventually(() => expect(texts()).toEqual(['since']));
    const opened = client.join(chat.id);
    replica.say(chat, 'meanwhile');
    await opened;
    expect([texts()[0], texts().slice(-2)]).toEqual(['message 11', ['since', 'meanwhile']]);
    await client.join(chat.id);
    expect(replica.count('message:list')).toBe(1);
  });

  it('M10 goes to any place of a chat, and on from there to its end', async () => {
    for (let count = 1; count <= 300; count++) chat.send(grace, `message ${count}`);
    await client.connect();
    await client.join(chat.id);
    expect(view().messages[0]?.seq).toBe(251);
    await client.loadAround(chat.id, 100, 20);
    expect([texts()[0], texts().length, view().hasOlder, view().hasNewer]).toEqual(['message 91', 20, true, true]);
    replica.say(chat, 'meanwhile');
    while (await client.loadNewer(chat.id)) expect(view().messages[0]?.seq).toBe(91);
    expect([texts().at(-1), texts().length, view().hasNewer]).toEqual(['meanwhile', 211, false]);
  });

  it('M10 reads older messages to the first one, however much is said meanwhile', async () => {
    for (let count = 1; count <= 300; count++) chat.send(grace, `message ${count}`);
    client = newClient({ messagesPerChat: 20 });
    await client.connect();
    await client.join(chat.id);
    const reading = client.command.bind(client);
    vi.spyOn(client, 'command').mockImplementation(async (name, request) => {
      if (name === 'message:list') for (let count = 1; count <= 30; count++) replica.say(chat, 'news');
      return reading(name, request);
    });
    let reads = 0;
    while ((await client.loadOlder(chat.id)) && reads < 20) reads++;
    expect([reads, texts()[0]]).toEqual([5, 'message 1']);
  });

  it('C2 opens the chats again that were open', async () => {
    await client.connect();
    await client.join(chat.id);
    replica.refusals.push({ command: 'chat:join', error: new ChatError('rate/limited', { retryAfterMs: 10 }) });
    await cutAndBack();
    await eventually(() => expect(replica.count('chat:join')).toBe(3));
    await client.leave(chat.id);
    await cutAndBack();
    await client.command('message:list', { chatId: chat.id });
    expect(replica.count('chat:join')).toBe(3);
  });
});

it('C2 a chat that is opened, closed and opened in one go is open, on the next connection too', async () => {
  await client.connect();
  await Promise.all([client.join(chat.id), client.leave(chat.id), client.join(chat.id)]);
  await cutAndBack();
  await eventually(() => expect(replica.count('chat:join')).toBe(3));
});

it('M5 what was sent while facts are late is shown, also where its chat is closed and opened again', async () => {
  await client.connect();
  replica.loses = true;
  replica.say(chat, 'late');
  const { message } = await client.send(chat.id, 'Hello');
  expect([message.seq, pending()]).toEqual([2, ['Hello (sent)']]);
  await client.leave(chat.id);
  expect(pending()).toEqual(['Hello (sent)']);
  await client.join(chat.id);
  expect([texts(), pending()]).toEqual([['late', 'Hello'], []]);
});

it('makes one connection, however often the page says that it is seen again meanwhile', async () => {
  const listeners: ((signal: PageSignal) => void)[] = [];
  const page = (listener: (signal: PageSignal) => void) => (listeners.push(listener), () => {});
  const asked: ((token: string) => void)[] = [];
  const token = () => new Promise<string>((resolve) => asked.push(resolve));
  client = new RoostClient({ url: replica.url, token, ...patient }, { ...fastWorld, page });
  clients.push(client);
  const connected = client.connect();
  for (const name of ['offline', 'online', 'visible', 'visible'] as const) listeners[0]?.(name);
  for (const give of asked) give('token');
  await connected;
  expect([asked.length, replica.sockets.length, replica.tokens]).toEqual([1, 1, ['token']]);
});

describe('the life of a connection', () => {
  it('G3 moves before a draining replica lets go, and no message fails', async () => {
    await client.connect();
    const states = statesOf(client);
    const [before] = replica.sockets;
    const sending: Promise<unknown>[] = [];
    const writer = setInterval(() => sending.push(client.send(chat.id, `message ${sending.length}`)), 2);
    before?.emit('server:draining', { reconnectInMs: 200 });
    await eventually(() => expect(before?.connected).toBe(false));
    clearInterval(writer);
    await Promise.all(sending);
    await eventually(() => expect(client.state.name).toBe('live'));
    expect(states).not.toContain('connecting');
    expect(texts()).toEqual(sending.map((_, index) => `message ${index}`));
    expect(replica.tokens).toHaveLength(2);
  });

  it('H5 refreshes the token in band, before it ends', async () => {
    let asked = 0;
    client = newClient({ token: () => `token-${++asked}` });
    await client.connect();
    replica.tell('session:expiring', { expiresAt: new Date().toISOString() });
    await eventually(() => expect(replica.tokens).toEqual(['token-1', 'token-2']));
    expect(client.state.name).toBe('live');
    expect(replica.sockets).toHaveLength(1);
  });

  it('A5 S3 waits for nothing where somebody sets the clock of this device back by an hour', async () => {
    replica.limits = { sendsPerS: 10, sendsBurst: 2 } as SocketLimits;
    let backMs = 0;
    const clock = { ...fastWorld.clock, now: () => fastWorld.clock.now() - backMs };
    const options = { url: replica.url, token: 'token', ...patient };
    client = new RoostClient(options, { ...fastWorld, clock });
    clients.push(client);
    await client.connect();
    backMs = 3_600_000;
    await Promise.all(['one', 'two', 'three', 'four'].map((text) => client.send(chat.id, text)));
    replica.loses = true;
    replica.say(chat, 'lost');
    replica.loses = false;
    replica.tell('chat:heads', { chats: { [chat.id]: chat.head } });
    backMs = 7_200_000;
    await eventually(() => expect(texts()).toEqual(['one', 'two', 'three', 'four', 'lost']));
  });

  it('signing out leaves nothing behind', async () => {
    await client.connect();
    replica.cut();
    const sent = awaitedLater(client.send(chat.id, 'Hello'));
    await client.signOut();
    await expect(sent).rejects.toMatchObject({ name: 'NoAnswer' });
    expect(client.state.name).toBe('signedOut');
    expect(client.outbox.all).toEqual([]);
    await client.connect();
    expect(client.state.name).toBe('live');
    expect(chat.messages).toEqual([]);
  });

  it('opens no chat and watches nobody of who signed out, for who connects next', async () => {
    await client.connect();
    await client.join(chat.id);
    client.watchPresence([grace.id]);
    await eventually(() => expect(replica.count('presence:watch')).toBe(1));
    await client.signOut();
    await client.connect();
    await client.command('chat:read', { chatId: chat.id, seq: 0 });
    expect([replica.count('chat:join'), replica.count('presence:watch')]).toEqual([1, 1]);
  });

  it('a message that is sent after the server has signed one out is told so, and kept', async () => {
    await client.connect();
    replica.tell('session:closing', { code: 'auth/session_revoked', reconnect: false });
    await eventually(() => expect(client.state.name).toBe('signedOut'));
    await expect(client.send(chat.id, 'Hello')).rejects.toMatchObject({ name: 'NoAnswer' });
    await eventually(() => expect(pending()).toEqual(['Hello (waiting)']));
  });
});

it('C14 shows who has changed their name while it was away as they are now, where the chat is open', async () => {
  await client.connect();
  replica.say(chat, 'Hello');
  await client.join(chat.id);
  const named = { ...grace, displayName: 'Admiral', profileRev: 1 };
  await cutAndBack(() => (chat.members = chat.members.map((user) => (user.id === grace.id ? named : user))));
  await eventually(() => expect(view().messages[0]?.sender.displayName).toBe('Admiral'));
  expect(client.chats[0]?.members).toContainEqual(named);
});

/** Takes so many messages of the stream. @param taken what was taken so far */
async function take(count: number, since?: StreamPosition, taken: string[] = []) {
  const ended = new AbortController();
  for await (const { text } of client.messages({ signal: ended.signal, ...(since && { since }) })) {
    taken.push(text);
    if (taken.length === count) ended.abort();
  }
  return taken;
}

describe('a bot', () => {
  it.each(['close', 'signOut'] as const)(
    'is done when its client is told to %s, whatever it waits for',
    async (end) => {
      const waiting = awaitedLater(take(9));
      await client.connect();
      const heard = awaitedLater(take(9));
      replica.say(chat, 'one');
      await eventually(() => expect(view().chat.lastSeq).toBe(1));
      await client[end]();
      expect(await heard).toEqual(['one']);
      await waiting;
      await client.connect();
      const next = take(1);
      replica.say(chat, 'two');
      expect(await next).toEqual(['two']);
    },
  );

  it('hears each message once and in order, also those that were said while it was not connected', async () => {
    chat.send(grace, 'long ago');
    const heard = awaitedLater(take(6));
    await client.connect();
    for (const text of ['one', 'two']) replica.say(chat, text);
    replica.loses = true;
    replica.cut();
    for (const text of ['three', 'four']) chat.send(grace, text);
    replica.loses = false;
    await eventually(() => expect(view().chat.lastSeq).toBe(5));
    await client.send(chat.id, 'five');
    replica.say(replica.chat('d'.repeat(24)), 'in a new chat');
    expect(await heard).toEqual(['one', 'two', 'three', 'four', 'five', 'in a new chat']);
  });

  it('goes on where it was left, however much was said since, and leaves out what was deleted', async () => {
    for (let count = 1; count <= 250; count++) chat.send(grace, `message ${count}`);
    chat.delete(12);
    client = newClient({ messagesPerChat: 20 });
    await client.connect();
    const heard = await take(239, { [chat.id]: 10 });
    expect([heard[0], heard[1], heard.at(-1)]).toEqual(['message 11', 'message 13', 'message 250']);
  });

  it('S1 goes on with a chat of which the server has lost what was said last, from where that is then', async () => {
    for (const text of ['one', 'two', 'three']) chat.send(grace, text);
    await client.connect();
    const taken: string[] = [];
    const heard = awaitedLater(take(5, { [chat.id]: 9 }, taken));
    replica.say(chat, 'four');
    await eventually(() => expect(taken).toEqual(['four']));
    await cutAndBack(() => {
      chat = replica.chat();
      chat.send(grace, 'one');
    });
    for (const text of ['a', 'b', 'c', 'd']) replica.say(chat, text);
    expect(await heard).toEqual(['four', 'a', 'b', 'c', 'd']);
  });

  it('S1 misses nothing of such a chat either where its listener goes on only when more was said than was lost', async () => {
    for (const text of ['one', 'two', 'three']) chat.send(grace, text);
    await client.connect();
    const taken: string[] = [];
    const held = Promise.withResolvers<void>();
    const listening = awaitedLater(
      (async () => {
        for await (const { text } of client.messages({ since: { [chat.id]: 2 } })) {
          taken.push(text);
          await held.promise;
        }
      })(),
    );
    await eventually(() => expect(taken).toEqual(['three']));
    await cutAndBack(() => {
      chat = replica.chat();
      chat.send(grace, 'one');
    });
    for (const text of ['a', 'b', 'c', 'd']) replica.say(chat, text);
    await eventually(() => expect(view().chat.lastSeq).toBe(5));
    held.resolve();
    await eventually(() => expect(taken).toEqual(['three', 'a', 'b', 'c', 'd']));
    client.close();
    await listening;
  });

  it('waits out what may pass, and leaves a chat that it may not read', async () => {
    for (const text of ['one', 'two']) chat.send(grace, text);
    const other = replica.chat('d'.repeat(24));
    other.send(grace, 'other');
    await client.connect();
    replica.refusals.push({ command: 'message:list', error: new ChatError('store/unavailable') });
    replica.refusals.push({ command: 'message:list', error: new ChatError('chat/access_denied') });
    const heard = await take(1, { [chat.id]: 0, [other.id]: 0 });
    expect(heard).toHaveLength(1);
  });
});

/** What is kept at this moment. */
async function copyOf(storage: MemoryStorage): Promise<MemoryStorage> {
  const copy = new MemoryStorage();
  for (const [key, value] of await storage.load()) await copy.put(key, value);
  return copy;
}

describe('a storage', () => {
  const kept = { chatId: 'c'.repeat(24), text: 'Hello', clientMessageId: 'mine' };

  it('lets the next start show what was there last, before anybody answers and as what it is', async () => {
    const storage = new MemoryStorage();
    for (const text of ['one', 'two']) chat.send(grace, text);
    client = newClient({ storage });
    await client.connect();
    await client.join(chat.id);
    client.close();
    await eventually(async () => expect([...(await storage.load()).keys()]).toContain(`chat/${chat.id}`));
    chat.send(grace, 'three');
    client = newClient({ storage });
    await client.restore();
    expect([texts(), client.state.name]).toEqual([['one', 'two'], 'stopped']);
    expect(client.getSnapshot().keptAt).toMatch(/^\d{4}-/);
    await client.connect();
    expect(texts()).toEqual(['one', 'two', 'three']);
    expect(client.getSnapshot().keptAt).toBeUndefined();
    expect(replica.asked.findLast(([name]) => name === 'sync')).toMatchObject([
      'sync',
      { chats: { [chat.id]: { seq: 2, rev: 0 } } },
    ]);
  });

  it('shows what was sent, once, however soon after that the program ended, and whatever it had kept by then', async () => {
    const storage = new MemoryStorage();
    client = newClient({ storage });
    await client.connect();
    await client.send(chat.id, 'Hello');
    const shownByNext = async () => {
      const next = newClient({ storage: await copyOf(storage) });
      await next.restore();
      const { messages = [], pending: waiting = [] } = next.view(chat.id) ?? {};
      return [...messages, ...waiting, ...(next.view(chat.id) ? [] : next.outbox.all)].map(({ text }) => text);
    };
    expect(await shownByNext()).toEqual(['Hello']);
    const draft = Array.from(await storage.load()).filter(([key]) => key.startsWith('draft/'));
    expect(draft).toHaveLength(1);
    await eventually(async () => expect([...(await storage.load()).keys()]).toEqual(['me', `chat/${chat.id}`]));
    expect(await shownByNext()).toEqual(['Hello']);
    for (const [key, value] of draft) await storage.put(key, value);
    expect(await shownByNext()).toEqual(['Hello']);
  });

  it('shows nothing of one person to another, and nothing after signing out', async () => {
    const storage = new MemoryStorage();
    await storage.put('me', { userId: grace.id, at: '2026-01-01T00:00:00.000Z' });
    const other = { ...chat.chat, id: 'e'.repeat(24), title: 'Of Grace' };
    await storage.put(`chat/${other.id}`, { chat: other, messages: [] });
    client = newClient({ storage });
    await client.connect();
    expect(client.chats.map(({ title }) => title)).toEqual(['Engines']);
    await client.signOut();
    expect(client.chats).toEqual([]);
    // It writes down what is known, as it does every two seconds. This storage has it within the turn.
    client.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect([...(await storage.load()).keys()]).toEqual([]);
  });

  it('that is not read any more is emptied of what is known when one signs out, at once', async () => {
    const storage = new MemoryStorage();
    client = newClient({ storage });
    await client.connect();
    const load = storage.load.bind(storage);
    await eventually(async () => expect((await load()).has(`chat/${chat.id}`)).toBe(true));
    storage.load = () => new Promise(() => {});
    const left = awaitedLater(client.signOut());
    await new Promise((resolve) => setImmediate(resolve));
    expect([...(await load()).keys()]).toEqual([]);
    await left;
  });

  it.each(['before it was read', 'while it is read'])('keeps nothing of one who signs out %s', async (when) => {
    const storage = new MemoryStorage();
    client = newClient({ storage });
    chat.send(grace, 'Hello');
    await client.connect();
    client.close();
    await eventually(async () => expect((await storage.load()).has(`chat/${chat.id}`)).toBe(true));
    await storage.put(`read/${chat.id}`, 1);
    client = newClient({ storage });
    const restored = when === 'while it is read' ? client.restore() : undefined;
    await client.signOut();
    await restored;
    expect([client.chats, [...(await storage.load()).keys()]]).toEqual([[], []]);
  });

  it.each([
    ['fails to load', { load: () => Promise.reject(new Error('locked')) }],
    ['never answers', { load: () => new Promise<never>(() => {}) }],
    ['is full', { put: () => Promise.reject(new Error('no space left')) }],
    ['never answers when it is to keep something', { put: () => new Promise<never>(() => {}) }],
    ['cannot forget', { remove: () => Promise.reject(new Error('read-only')) }],
  ])('that %s is told of once, and the chat goes on in memory', async (_, broken) => {
    client = newClient({ storage: Object.assign(new MemoryStorage(), broken) });
    await client.connect();
    await client.send(chat.id, 'one');
    await client.send(chat.id, 'two');
    await eventually(() => expect(client.getSnapshot().storageError).toBeInstanceOf(Error));
    expect([texts(), pending()]).toEqual([['one', 'two'], []]);
  });

  it('that could not be read at first has its drafts sent when it works again', async () => {
    const storage = new MemoryStorage();
    client = newClient({ storage });
    client.send(chat.id, 'from the last run').catch(() => undefined);
    await eventually(async () => expect((await storage.load()).size).toBe(1));
    client.close();
    let isLocked = true;
    const load = storage.load.bind(storage);
    storage.load = () => (isLocked ? Promise.reject(new Error('locked')) : load());
    client = newClient({ storage });
    await client.connect();
    await client.send(chat.id, 'one');
    expect([texts(), String(client.getSnapshot().storageError)]).toEqual([['one'], 'Error: locked']);
    isLocked = false;
    // It tries again with what is written after a while.
    await eventually(() => {
      client.markRead(chat.id);
      replica.say(chat, 'Hello');
      expect(texts()).toContain('from the last run');
    });
    expect(client.getSnapshot().storageError).toBeUndefined();
  });

  it('of another version, with what nobody can read, is given up', async () => {
    const storage = new MemoryStorage();
    await storage.put('draft/mine', { version: 9, request: kept });
    await storage.put('me', 'somebody');
    await storage.put(`chat/${chat.id}`, { conversation: [] });
    await storage.put('draft/other', null);
    client = newClient({ storage });
    await client.connect();
    await client.send(chat.id, 'Bye');
    expect(texts()).toContain('Bye');
  });
});

describe('A7 changes of one’s own', () => {
  it('are made once, in their turn, though the answer to one is lost, and shown meanwhile', async () => {
    await client.connect();
    await client.join(chat.id);
    const { message } = await client.send(chat.id, 'Helo');
    replica.afterChange = (socket) => socket.conn.close();
    const edited = awaitedLater(client.editMessage(message, 'Hello'));
    const renamed = awaitedLater(client.renameChat(chat.id, 'Looms'));
    expect([texts(), view().chat.title]).toEqual([['Hello'], 'Looms']);
    await Promise.all([edited, renamed, client.send(chat.id, 'after that')]);
    await eventually(() => expect(view().changes).toEqual([]));
    expect([texts(), view().chat]).toMatchObject([['Hello', 'after that'], { title: 'Looms', rev: 2 }]);
    expect(chat.changes.map(({ kind }) => kind)).toEqual(['message:edited', 'chat:updated']);
  });

  it('are taken back where they are refused', async () => {
    await client.connect();
    await client.join(chat.id);
    const { message } = await client.send(chat.id, 'Hello');
    replica.refusals.push({ command: 'message:delete', error: new ChatError('chat/role_required') });
    await expect(client.deleteMessage(message)).rejects.toMatchObject({ code: 'chat/role_required' });
    expect(texts()).toEqual(['Hello']);
    await client.outbox.discard(view().changes[0]?.id ?? '');
    expect(view().changes).toEqual([]);
  });
});
