import { setTimeout as delay } from 'node:timers/promises';
import { ChatError, MemoryStorage } from '@roost/client';
import { describe, expect, vi } from 'vitest';
import { randomId } from '../src/random-id.js';
import { awaitedLater } from '../../../test/support/awaited-later.js';
import { tokenOf } from './support/tab.js';
import { delayNext, eventually, live, stored, test } from './support/tabs-test.js';

/** Whether a tab of this session waits for the lead. */
async function isOneWaiting(token: string): Promise<boolean> {
  const { sid } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sid: string };
  const { pending = [] } = await navigator.locks.query();
  return pending.some(({ name }) => name?.startsWith('roost-connection') && name.endsWith(sid));
}

describe.concurrent('tabs of one session', () => {
  test('have one connection: all are live by it, and hear what each of them sends, once', async ({
    replica,
    chat,
    openTabs,
  }) => {
    const tabs = await openTabs(3);
    expect(replica.sockets).toHaveLength(1);
    expect(replica.tokens).toHaveLength(1);
    for (const { client } of tabs) expect(client.session).toEqual(tabs[0].client.session);
    for (const [number, { client }] of tabs.entries()) await client.send(chat.id, `of ${number}`);
    replica.say(chat, 'of Grace');
    for (const { texts } of tabs)
      await eventually(() => expect(texts(chat)).toEqual(['of 0', 'of 1', 'of 2', 'of Grace']));
    expect(stored(chat)).toHaveLength(4);
  });

  test('that are opened at the same moment have one connection', async ({ replica, open }) => {
    const tabs = [open(), open(), open(), open()];
    await Promise.all(tabs.map(({ client }) => client.connect()));
    expect(replica.sockets).toHaveLength(1);
  });

  test('of another session, or told to, have their own', async ({ replica, open, openTabs }) => {
    await openTabs(2);
    await open({ token: tokenOf(randomId()) }).client.connect();
    await open({ shareConnection: false }).client.connect();
    await open({ token: 'says nothing of a session' }).client.connect();
    expect(replica.sockets).toHaveLength(4);
  });

  test('are refused what the server refuses, in its words', async ({ replica, chat, openTabs }) => {
    const [, follower] = await openTabs(2);
    const newer = ChatError.fromRefusal({
      code: 'chat/on_holiday' as never,
      error: 'Back on Monday',
      retryable: false,
    });
    replica.refusals.push({ command: 'chat:join', error: new ChatError('chat/access_denied') });
    await expect(follower.client.join(chat.id)).rejects.toMatchObject({ code: 'chat/access_denied' });
    vi.spyOn(newer, 'toRefusal').mockReturnValue({
      success: false,
      code: newer.code,
      error: newer.message,
      retryable: false,
    });
    replica.refusals.push({ command: 'chat:join', error: newer });
    await expect(follower.client.join(chat.id)).rejects.toMatchObject({
      code: 'chat/on_holiday',
      message: 'Back on Monday',
    });
  });

  test('lose nothing where the browser loses every third of what they say to each other', async ({
    replica,
    chat,
    open,
  }) => {
    const tabs = [open(), open(), open()] as const;
    for (const { tab } of tabs) tab.losesEvery = 3;
    await Promise.all(tabs.map(({ client }) => client.connect()));
    const texts = Array.from({ length: 5 }, (_, number) => `number ${number}`);
    await Promise.all(texts.map((text) => tabs[2].client.send(chat.id, text)));
    expect(stored(chat)).toEqual(texts);
    for (const tab of tabs) await eventually(() => expect(tab.texts(chat)).toEqual(texts));
    await live(...tabs);
    expect(replica.count('message:send')).toBe(5);
  });

  test('understand each other where the clock of the device was set back while one of them was open', async ({
    replica,
    chat,
    open,
  }) => {
    const leader = open();
    leader.tab.aheadMs = 3_600_000;
    await leader.client.connect();
    const follower = open();
    await follower.client.connect();
    await follower.client.send(chat.id, 'Hello');
    expect([stored(chat), replica.tokens.length]).toEqual([['Hello'], 1]);
  });

  test('A5 keep to the limits together', async ({ replica, chat, openTabs }) => {
    const sizes = {
      maxFrameBytes: 1_000_000,
      textMax: 8_000,
      syncChats: 1_000,
      joinedChatsMax: 1_000,
      pageBytes: 262_144,
    };
    replica.limits = {
      ...sizes,
      refusalsPer10S: 100,
      sendsPerS: 10,
      sendsBurst: 5,
      commandsPerS: 1_000,
      commandsBurst: 1_000,
    };
    const tabs = await openTabs(3);
    const began = Date.now();
    await Promise.all(tabs.flatMap(({ client }) => ['a', 'b', 'c', 'd'].map((text) => client.send(chat.id, text))));
    // Twelve at eight a second, four at once.
    expect(Date.now() - began).toBeGreaterThan(900);
  });

  test('leave a chat on the server when the last of them does', async ({ replica, chat, openTabs }) => {
    const [leader, one, other] = await openTabs(3);
    for (const { client } of [leader, one, other]) await client.join(chat.id);
    expect(await leader.client.leave(chat.id)).toMatchObject({ message: `Left chat ${chat.id}` });
    expect(await one.client.leave(chat.id)).toMatchObject({ message: `Left chat ${chat.id}` });
    expect(replica.count('chat:leave')).toBe(0);
    await other.client.leave(chat.id);
    expect(replica.count('chat:leave')).toBe(1);
  });

  test('end one by one: close of one that follows takes the connection from nobody', async ({
    replica,
    chat,
    openTabs,
  }) => {
    const [leader, follower] = await openTabs(2);
    follower.client.close();
    expect(follower.client.state.name).toBe('stopped');
    await leader.client.send(chat.id, 'still here');
    expect([leader.client.state.name, replica.tokens.length]).toEqual(['live', 1]);
  });

  test('S5 are told of a state that lasts when they come to it', async ({ replica, open, openTabs }) => {
    const [leader] = await openTabs(2);
    replica.tell('server:degraded', { since: '2026-01-01T00:00:00.000Z', headsMs: 2_000 });
    await eventually(() => expect(leader.client.state.name).toBe('degraded'));
    const late = open();
    await late.client.connect();
    expect(late.client.state.name).toBe('degraded');
    replica.tell('server:recovered', { since: '2026-01-01T00:00:00.000Z' });
    await live(leader, late);
    const later = open();
    await later.client.connect();
    expect(later.client.state.name).toBe('live');
  });

  test('all find their way back when the connection is lost, with what was said meanwhile', async ({
    replica,
    chat,
    openTabs,
  }) => {
    const tabs = await openTabs(3);
    replica.loses = true;
    replica.say(chat, 'unheard');
    replica.loses = false;
    replica.cut();
    for (const { texts } of tabs) await eventually(() => expect(texts(chat)).toEqual(['unheard']));
    await live(...tabs);
    expect(replica.sockets).toHaveLength(1);
  });

  test('follow at once when it is back, also where the browser says that there is no network', async ({
    replica,
    openTabs,
  }) => {
    const [, follower] = await openTabs(2);
    follower.say('offline');
    const lost = new Promise((resolve) => follower.client.onState(resolve));
    replica.cut();
    expect(await lost).toMatchObject({ name: 'connecting', cause: { name: 'NoAnswer' } });
    await live(follower);
  });
});

describe.concurrent('when the tab that has the connection', () => {
  test('closes, another one connects at once and nothing is lost', async ({ replica, chat, openTabs }) => {
    const [leader, one, other] = await openTabs(3);
    const sent = Array.from({ length: 20 }, (_, number) => one.client.send(chat.id, `${number}`));
    await sent[4];
    leader.client.close();
    await Promise.all(sent);
    expect(stored(chat)).toEqual(Array.from({ length: 20 }, (_, number) => `${number}`));
    await live(one, other);
    await eventually(() => expect(replica.sockets).toHaveLength(1));
    for (const { texts } of [one, other]) await eventually(() => expect(texts(chat)).toEqual(stored(chat)));
  });

  test('closes, and another one asks for its token just when the lead is its own: it connects once', async ({
    replica,
    token,
    open,
  }) => {
    const leader = open();
    await leader.client.connect();
    let asked = 0;
    const source = async () => {
      if (++asked > 1) await vi.waitUntil(async () => !(await isOneWaiting(token)), { interval: 1 });
      return token;
    };
    const follower = open({ token: source });
    await follower.client.connect();
    leader.client.close();
    await eventually(() => expect(replica.tokens).toHaveLength(2));
    await delay(100); // longer than it waits for what the tab before said last
    expect([asked, replica.tokens.length, replica.sockets.length]).toEqual([2, 2, 1]);
    await live(follower);
  });

  test('crashes while it passes on an answer, what was not answered is sent again by the next one', async ({
    replica,
    chat,
    openTabs,
  }) => {
    const [leader, follower, other] = await openTabs(3);
    const states = [follower, other].map(({ client }) => {
      const names: string[] = [];
      client.onState(({ name }) => names.push(name));
      return names;
    });
    replica.afterStoring = (socket) => {
      leader.tab.crash();
      socket.conn.close();
    };
    const { message } = await follower.client.send(chat.id, 'once');
    expect([message.seq, stored(chat)]).toEqual([1, ['once']]);
    await live(follower, other);
    for (const names of states) expect(names).toEqual(['connecting', 'catchingUp', 'live']);
  });

  test('says nothing any more, another one takes over within seconds, and it follows when it is back', async ({
    replica,
    chat,
    openTabs,
  }) => {
    const [frozen, one, other] = await openTabs(3);
    frozen.tab.freeze();
    const sent = one.client.send(chat.id, 'into the void');
    await sent;
    await live(one, other);
    expect(replica.sockets.length).toBeLessThanOrEqual(3);
    frozen.tab.thaw();
    await eventually(() => expect(replica.sockets).toHaveLength(1));
    await Promise.all([frozen, one, other].map(({ client }, number) => client.send(chat.id, `after ${number}`)));
    for (const { texts } of [frozen, one, other]) await eventually(() => expect(texts(chat)).toHaveLength(4));
    await live(frozen, one, other);
  });

  test('stood still, it does not do late what nobody waits for any more', async ({ replica, chat, openTabs }) => {
    const [leader, follower] = await openTabs(2);
    leader.tab.freeze();
    const late = follower.client.command('chat:leave', { chatId: chat.id }, 200);
    await expect(late).rejects.toMatchObject({ name: 'NoAnswer' });
    leader.tab.thaw();
    await follower.client.command('chat:join', { chatId: chat.id });
    expect(replica.count('chat:leave')).toBe(0);
  });

  test('was not seen for minutes, one that is seen takes its place', async ({ replica, openTabs }) => {
    const [hidden, seen] = await openTabs(2);
    hidden.tab.hidden = 300_000;
    const session = seen.client.session;
    await eventually(() => expect(replica.tokens).toHaveLength(2));
    await eventually(() => expect(replica.sockets).toHaveLength(1));
    await live(hidden, seen);
    expect(session).toBeDefined();
  });

  test('is put to sleep with its page, another one connects, and it follows when it is shown again', async ({
    replica,
    openTabs,
  }) => {
    const [asleep, awake] = await openTabs(2);
    asleep.say('frozen');
    expect(asleep.client.state.name).toBe('connecting');
    await live(awake);
    await eventually(() => expect(replica.sockets).toHaveLength(1));
    asleep.say('visible');
    await live(asleep);
    expect([replica.sockets.length, replica.tokens.length]).toEqual([1, 2]);
  });

  test('closes, and the one that has waited longest stands still, a third one connects within seconds', async ({
    replica,
    chat,
    openTabs,
  }) => {
    const [leader, still, other] = await openTabs(3);
    still.tab.freeze();
    leader.client.close();
    await other.client.send(chat.id, 'by the third');
    await live(other);
    still.tab.thaw();
    await eventually(() => expect(still.texts(chat)).toEqual(['by the third']));
    await eventually(() => expect(replica.sockets).toHaveLength(1));
  });

  test('G3 moves to another replica, the others go on without a break, and what they asked is answered', async ({
    replica,
    chat,
    openTabs,
  }) => {
    const [leader, follower] = await openTabs(2);
    const states: string[] = [];
    follower.client.onState(({ name }) => states.push(name));
    replica.tell('server:draining', { reconnectInMs: 0 });
    await eventually(() => expect(replica.tokens).toHaveLength(2));
    await follower.client.send(chat.id, 'meanwhile');
    await eventually(() => expect(states).toEqual(['catchingUp', 'live']));
    await live(leader, follower);
    await eventually(() => expect(replica.sockets).toHaveLength(1));
  });

  test('H5 refreshes the token for all, and nobody else does', async ({ replica, token, open }) => {
    replica.tokenLifeMs = 1_000;
    const fresh: number[] = [];
    const tokenFor = (number: number) => (ask: { fresh: boolean }) => {
      if (ask.fresh) fresh.push(number);
      return token;
    };
    for (const number of [0, 1]) await open({ token: tokenFor(number) }).client.connect();
    await eventually(() => expect(replica.count('auth:refresh')).toBe(1));
    // By then each would have found that it is time.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(fresh).toEqual([0]);
  });
});

describe.concurrent('signing out in one tab', () => {
  test.for(['leads', 'follows'])(
    'that %s signs all out, and leaves nothing for the next person',
    async (role, { replica, chat, openTabs }) => {
      const storage = new MemoryStorage();
      const tabs = await openTabs(3, { storage });
      delayNext(replica);
      const unsent = tabs[2].client.send(chat.id, 'unsent').catch((error: unknown) => error);
      await eventually(async () =>
        expect([...(await storage.load()).keys()]).toContainEqual(expect.stringContaining('draft/')),
      );
      await tabs[role === 'leads' ? 0 : 1].client.signOut();
      await eventually(() => expect(tabs.map(({ client }) => client.state.name)).toEqual(Array(3).fill('signedOut')));
      await eventually(() => expect(replica.sockets).toHaveLength(0));
      expect(await unsent).toMatchObject({ name: 'NoAnswer' });
      for (const { client } of tabs) expect(client.outbox.all).toEqual([]);
      await eventually(async () => expect([...(await storage.load()).keys()]).toEqual([]));
    },
  );

  test('H6 the end of the session on the server is the end in all', async ({ replica, openTabs }) => {
    const tabs = await openTabs(3);
    replica.tell('session:closing', { code: 'auth/session_revoked', reconnect: false });
    await eventually(() => expect(tabs.map(({ client }) => client.state.name)).toEqual(Array(3).fill('signedOut')));
    expect(replica.tokens).toHaveLength(1);
  });
});

describe.concurrent('drafts of tabs with one storage', () => {
  test('are sent by the tab that has them, and not by one that is opened meanwhile', async ({
    replica,
    chat,
    open,
    openTabs,
  }) => {
    const storage = new MemoryStorage();
    const [one] = await openTabs(2, { storage });
    delayNext(replica);
    const unsent = one.client.send(chat.id, 'mine').catch(() => undefined);
    await eventually(() => expect(replica.count('message:send')).toBe(1));
    const other = open({ storage });
    await other.client.connect();
    expect(other.client.outbox.all).toEqual([]);
    await one.client.outbox.discard(one.client.outbox.all[0]!.clientMessageId);
    await unsent;
    expect(stored(chat)).toEqual([]);
  });

  test.for(['follows', 'leads'])(
    'of a tab that %s and is gone are sent by another one, in order',
    async (role, { replica, chat, openTabs }) => {
      const storage = new MemoryStorage();
      const tabs = await openTabs(3, { storage });
      const gone = tabs[role === 'leads' ? 0 : 1];
      delayNext(replica);
      for (const text of ['one', 'two', 'three']) gone.client.send(chat.id, text).catch(() => undefined);
      await eventually(async () => expect((await storage.load()).size).toBeGreaterThanOrEqual(3));
      await eventually(() => expect(replica.count('message:send')).toBe(1));
      gone.tab.crash();
      await eventually(() => expect(stored(chat)).toEqual(['one', 'two', 'three']));
      await eventually(() => expect(tabs[2].texts(chat)).toEqual(['one', 'two', 'three']));
    },
  );

  test('of a tab whose page is put to sleep are sent by another one, and are done when it is shown again', async ({
    replica,
    chat,
    openTabs,
  }) => {
    const storage = new MemoryStorage();
    const [, asleep] = await openTabs(2, { storage });
    delayNext(replica);
    const sent = awaitedLater(asleep.client.send(chat.id, 'one'));
    await eventually(() => expect(replica.count('message:send')).toBe(1));
    asleep.say('frozen');
    await eventually(() => expect(stored(chat)).toEqual(['one']));
    asleep.say('visible');
    expect(await sent).toMatchObject({ message: { text: 'one' } });
    await live(asleep);
    expect([stored(chat), asleep.client.outbox.all]).toEqual([['one'], []]);
  });

  test('of a tab that stood still since before there was another leader are sent once it is gone', async ({
    replica,
    chat,
    openTabs,
  }) => {
    const storage = new MemoryStorage();
    const [leader, still, other] = await openTabs(3, { storage });
    delayNext(replica);
    still.client.send(chat.id, 'one').catch(() => undefined);
    await eventually(() => expect(replica.count('message:send')).toBe(1));
    still.tab.freeze();
    leader.client.close();
    await other.client.send(chat.id, 'by the new one');
    still.tab.crash();
    await eventually(() => expect(stored(chat)).toEqual(['by the new one', 'one']));
  });
});

describe.concurrent('what was read in a tab that is gone', () => {
  test.for(['leads', 'follows'])(
    'and that %s is shown as read in another one, which tells the server',
    async (role, { replica, chat, openTabs }) => {
      const storage = new MemoryStorage();
      const [leader, follower] = await openTabs(2, { storage });
      replica.say(chat, 'one');
      const [gone, left] = role === 'leads' ? [leader, follower] : [follower, leader];
      const unread = ({ client }: typeof gone) => client.view(chat.id)?.chat.unreadCount;
      await eventually(() => expect([unread(gone), unread(left)]).toEqual([1, 1]));
      const later = new ChatError('server/overloaded', { retryAfterMs: 600_000 });
      replica.refusals.push({ command: 'chat:read', error: later });
      gone.client.markRead(chat.id);
      // Twice where the other one, which has the same storage, was just looking for what tabs before them have left.
      await eventually(() => expect(replica.count('chat:read')).toBeGreaterThan(0));
      gone.tab.crash();
      await eventually(() => expect([unread(left), chat.chat.unreadCount]).toEqual([0, 0]));
      await eventually(async () => expect((await storage.load()).keys()).not.toContain(`read/${chat.id}`));
    },
  );
});

describe.concurrent('where the browser', () => {
  test.for([
    ['no locks', ''],
    ['no lock by which others see a tab', 'roost-tab-'],
    ['no lock by which one leads', 'roost-connection-'],
  ])('gives %s, each tab stands alone', async ([, names], { replica, chat, open }) => {
    const [one, other] = [open(), open()];
    for (const { tab } of [one, other]) tab.refused = names;
    for (const { client } of [one, other]) await client.connect();
    expect(replica.sockets).toHaveLength(2);
    for (const { client } of [one, other]) await client.send(chat.id, 'Hello');
    await eventually(() => expect(other.texts(chat)).toEqual(['Hello', 'Hello']));
  });

  test.for([
    ['by which others see a tab', 'roost-tab-'],
    ['by which one leads', 'roost-connection-'],
  ])(
    'has much to do and gives no lock %s in time, a tab stands alone until it does',
    async ([, names], { replica, chat, open }) => {
      const leader = open();
      await leader.client.connect();
      const late = open();
      const { promise, resolve } = Promise.withResolvers<void>();
      Object.assign(late.tab, { late: { names, until: promise }, hurry: 20 });
      await late.client.connect();
      expect(replica.sockets).toHaveLength(2);
      await late.client.send(chat.id, 'alone');
      resolve();
      await eventually(() => expect(replica.sockets).toHaveLength(1));
      await late.client.send(chat.id, 'together');
      await eventually(() => expect(leader.texts(chat)).toEqual(['alone', 'together']));
      await live(leader, late);
    },
  );

  test.for(['roost-tab-', 'roost-connection-'])(
    'fails to give the lock %s once, a tab joins the others later',
    async (fails, { replica, open }) => {
      const leader = open();
      await leader.client.connect();
      const other = open();
      Object.assign(other.tab, { fails, hurry: 20 });
      await other.client.connect();
      await eventually(() => expect(replica.tokens).toHaveLength(2));
      await eventually(() => expect(replica.sockets).toHaveLength(1));
      await live(leader, other);
    },
  );

  test('never gives a lock, a tab that has closed stays so', async ({ replica, open }) => {
    const { tab, client } = open();
    Object.assign(tab, { late: { names: '', until: new Promise(() => {}) }, hurry: 100 });
    const connecting = client.connect().catch(() => undefined);
    client.close();
    await connecting;
    await client.connect();
    client.close();
    await delay(1_000);
    expect([client.state.name, replica.sockets.length]).toEqual(['stopped', 0]);
  });

  test('gives locks and no channels, each tab stands alone', async ({ replica, chat, open }) => {
    const [one, other] = [open(), open()];
    for (const { tab } of [one, other]) {
      vi.spyOn(tab, 'channel').mockImplementation(() => {
        throw new DOMException('not here', 'SecurityError');
      });
    }
    for (const { client } of [one, other]) await client.connect();
    expect(replica.sockets).toHaveLength(2);
    one.client.close();
    await other.client.send(chat.id, 'Hello');
  });

  test('gives channels that carry nothing, each tab stands alone, and they do not take the lead from each other for ever', async ({
    replica,
    chat,
    open,
  }) => {
    const [one, other] = [open(), open()];
    for (const { tab } of [one, other]) tab.losesEvery = 1;
    for (const { client } of [one, other]) await client.connect();
    await eventually(() => expect(replica.tokens).toHaveLength(3));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect([replica.tokens.length, replica.sockets.length]).toEqual([3, 2]);
    await one.client.send(chat.id, 'Hello');
    await eventually(() => expect(other.texts(chat)).toEqual(['Hello']));
  });

  test('lets a page connect, close and connect at once, it is connected once', async ({ replica, open }) => {
    const [one, other] = [open(), open()];
    for (const { client } of [one, other]) {
      const first = client.connect().catch(() => undefined);
      client.close();
      await Promise.all([first, client.connect()]);
    }
    await live(one, other);
    await eventually(() => expect(replica.sockets).toHaveLength(1));
  });
});

/** By itself, for what is shown on the console may come from anybody. */
test('where the browser has a page of another build on the channel, or one that tells nonsense, nobody minds', async ({
  replica,
  chat,
  token,
  openTabs,
}) => {
  const [leader, follower] = await openTabs(2);
  const shown = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { sid } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sid: string };
  const channel = new BroadcastChannel(`roost-connection-1-${sid}`);
  const heard = new Promise<string>((resolve) =>
    channel.addEventListener('message', ({ data }: MessageEvent<string>) => resolve(data)),
  );
  replica.say(chat, 'Hello');
  const { from, n } = JSON.parse(await heard) as { from: string; n: number };
  const said = [
    undefined,
    7,
    'no JSON',
    { type: 'vote', from },
    { type: 'fact', from, n: n + 1, name: 'server:degraded' },
    { type: 'answer', from, id: 'unknown', answer: {} },
    { type: 'welcome', from, to: 'nobody', n: 0, standing: [] },
    { type: 'lost', from: 'stranger', n: 1, why: 'envy' },
    { type: 'hello', from: 'stranger', isSeen: true },
    { type: 'ask', from: 'stranger', id: 'x', name: 'no:command', request: {}, until: Date.now() + 10_000 },
  ];
  for (const message of said) {
    const text = typeof message === 'object' ? JSON.stringify(message) : message;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
    channel.postMessage(text);
  }
  await follower.client.send(chat.id, 'Hello too');
  channel.close();
  // The one that looks right until it is read.
  expect(shown).toHaveBeenCalledTimes(1);
  shown.mockRestore();
  await live(leader, follower);
  expect([replica.tokens.length, follower.texts(chat)]).toEqual([1, ['Hello', 'Hello too']]);
});
