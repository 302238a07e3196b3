import { ChatError, ConnectionClosed, NoAnswer, RoostConnection, signIn } from '@roost/client';
import type { ConnectionState, ConnectionOptions, Surroundings } from '@roost/client';
import { startLink, startUpgradeProxy } from '@roost/testing';
import type { Link } from '@roost/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awaitedLater } from '../../../test/support/awaited-later.js';
import { patienceMs } from '../../../test/support/patience.js';
import { chatId, session, startServer } from './server.js';
import type { TestServer } from './server.js';
import type { PageSignal } from '../src/connection/page-signals.js';
import { fastWorld, patient } from './support/fast-world.js';

let server: TestServer;
let clients: RoostConnection[];

beforeEach(async () => {
  server = await startServer();
  clients = [];
});

afterEach(async () => {
  for (const client of clients) client.close();
  await server.close();
});

function newClient(options: Partial<ConnectionOptions> = {}, surroundings?: Surroundings): RoostConnection {
  const client = new RoostConnection(
    { url: server.url, token: 'token-1', ...patient, ...options },
    undefined,
    surroundings,
  );
  clients.push(client);
  return client;
}

/** Resolves with the next state that has this name. */
function reached(client: RoostConnection, name: ConnectionState['name']) {
  return new Promise<ConnectionState>((resolve) => {
    const off = client.onState((state) => {
      if (state.name !== name) return;
      off();
      resolve(state);
    });
  });
}

/** Keeps the next handshake waiting: resolves when it has come, with what lets it pass. */
function heldHandshake(): Promise<() => void> {
  return new Promise((resolve) => server.io.use((_, next) => resolve(next)));
}

const draining = { code: 'server/draining', error: 'Going away', retryable: true, retryAfterMs: 120 } as const;

it('H2 A8 G7 sends token and protocol version, that it moves when it is asked to and needs no text it sent', async () => {
  await newClient().connect();
  for (const { auth } of server.knocks)
    expect(auth).toEqual({ token: 'token-1', protocol: 1, moves: true, brief: true });
});

it('H4 is live once the server has said who it is', async () => {
  const client = newClient();
  expect(client.state.name).toBe('stopped');
  const connecting = awaitedLater(client.connect());
  expect(client.state.name).toBe('connecting');
  expect(await connecting).toEqual(session);
  expect(client.state).toEqual({ name: 'live', session });
  expect(client.session).toEqual(session);
  expect(await client.connect()).toEqual(session);
});

it('stops with the reason where its address is none', async () => {
  const client = newClient({ url: 'chat.example.com' });
  await expect(client.connect()).rejects.toThrow('url has to be an address such as https://chat.example.com');
  expect(client.state).toMatchObject({ name: 'stopped', reason: { name: 'TypeError' } });
  const account = { email: 'ada@example.com', password: 'x' };
  for (const url of ['chat.example.com', 'localhost:8080', ''])
    await expect(signIn(url, account)).rejects.toThrow(`and is "${url}"`);
});

it('leaves nothing behind that is closed while it connects', async () => {
  const knocking = heldHandshake();
  const client = newClient();
  const connected = awaitedLater(client.connect());
  const pass = await knocking;
  client.close();
  await expect(connected).rejects.toMatchObject({ name: 'NoAnswer' });
  pass();
  await vi.waitFor(() => expect(server.io.engine.clientsCount).toBe(0), patienceMs);
});

it('does not send later what has timed out while it connected', async () => {
  const heard: unknown[] = [];
  server.answer('chat:leave', (request, ack) => {
    heard.push(request);
    ack({ success: true, message: 'Left' });
  });
  const knocking = heldHandshake();
  const client = newClient();
  const connected = awaitedLater(client.connect());
  const late = client.command('chat:leave', { chatId: 'a'.repeat(24) }, 20);
  await expect(late).rejects.toMatchObject({ reason: 'disconnected' });
  (await knocking)();
  await connected;
  await client.command('chat:leave', { chatId });
  expect(heard).toEqual([{ chatId }]);
});

it('works over long-polling alone', async () => {
  await newClient({ transports: ['polling'] }).connect();
  expect(server.knocks[0]?.transport).toBe('polling');
});

it('comes back after a lost connection with a fresh token', async () => {
  let asked = 0;
  const client = newClient({ token: async () => `token-${++asked}` });
  await client.connect();
  const lost = reached(client, 'connecting');
  const back = awaitedLater(reached(client, 'live'));
  server.io.sockets.sockets.forEach((socket) => socket.conn.close());
  expect(await lost).toMatchObject({ cause: { name: 'NoAnswer', reason: 'disconnected' } });
  await back;
  expect(server.knocks.map(({ auth }) => auth.token)).toEqual(['token-1', 'token-2']);
});

it('a token that comes too late for its connection is not used on the next one', async () => {
  const asked: ((token: string) => void)[] = [];
  const client = newClient({ token: () => new Promise((answer) => void asked.push(answer)) });
  const first = client.connect().catch((error: unknown) => error);
  client.close();
  expect(await first).toBeInstanceOf(NoAnswer);
  const second = client.connect();
  asked[0]?.('late');
  asked[1]?.('fresh');
  await second;
  expect(server.knocks.map(({ auth }) => auth.token)).toEqual(['fresh']);
});

it('H3 an expired token is asked for once more, and then it is final', async () => {
  const expired = { code: 'auth/token_expired', error: 'Expired', retryable: false };
  server.refusals.push(expired);
  const asks: boolean[] = [];
  const token = ({ fresh }: { fresh: boolean }) => String(asks.push(fresh));
  await newClient({ token }).connect();
  expect(asks).toEqual([false, true]);
  server.refusals.push(expired, expired);
  await expect(newClient({ token }).connect()).rejects.toMatchObject({ code: 'auth/token_expired' });
  expect(asks).toEqual([false, true, false, true]);
});

it('H3 a refusal is final: it rejects with its code and knocks no more', async () => {
  server.refusals.push({ code: 'auth/token_expired', error: 'Expired', retryable: false });
  const client = newClient();
  await expect(client.connect()).rejects.toMatchObject({ name: 'ChatError', code: 'auth/token_expired' });
  expect(client.state).toMatchObject({ name: 'signedOut', reason: { code: 'auth/token_expired' } });
  await client.connect();
  expect(server.knocks).toHaveLength(2);
});

it('H3 a retryable refusal is tried again after the time that the server names', async () => {
  server.refusals.push(draining, draining);
  expect(await newClient().connect()).toEqual(session);
  const [first, second, third] = server.knocks.map(({ at }) => at);
  // A timer may fire a millisecond early by the other clock.
  expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(119);
  expect(Number(third) - Number(second)).toBeGreaterThanOrEqual(119);
});

it('without reconnecting, a retryable refusal is final too', async () => {
  server.refusals.push(draining);
  await expect(newClient({ reconnect: false }).connect()).rejects.toMatchObject({
    code: 'server/draining',
    extras: { retryAfterMs: 120 },
  });
});

it('a refusal with a code of a newer server is told in its words', async () => {
  server.refusals.push({ code: 'server/on_holiday', error: 'Back on Monday', retryable: false });
  const refused: unknown = await newClient()
    .connect()
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ChatError);
  expect(refused).toMatchObject({ code: 'server/on_holiday', message: 'Back on Monday' });
});

it('gives up in time where nobody is, and stops', async () => {
  const gone = await startServer();
  await gone.close();
  const client = newClient({ url: gone.url, connectTimeoutMs: 100 });
  await expect(client.connect()).rejects.toMatchObject({ name: 'NoAnswer', reason: 'timeout' });
  expect(client.state.name).toBe('stopped');
});

it('asks a token source again that could not reach anybody', async () => {
  let asked = 0;
  const token = async () => {
    if (++asked < 3) throw new NoAnswer('POST /auth/refresh', 'disconnected');
    return 'token-3';
  };
  await newClient({ token }).connect();
  expect(server.knocks.map(({ auth }) => auth.token)).toEqual(['token-3']);
});

it('is signed out when the token source says so', async () => {
  const client = newClient({ token: () => Promise.reject(new ChatError('auth/session_revoked')) });
  await expect(client.connect()).rejects.toMatchObject({ code: 'auth/session_revoked' });
  expect(client.state.name).toBe('signedOut');
});

it('asks a token source again that fails in whatever way: only a refusal is an answer', async () => {
  let asked = 0;
  const token = () => (++asked < 3 ? Promise.reject(new TypeError('Failed to fetch')) : 'token-3');
  await newClient({ token }, fastWorld).connect();
  expect(server.knocks.map(({ auth }) => auth.token)).toEqual(['token-3']);
});

it('asks a token source again that never gives anything, also one that had', async () => {
  let asked = 0;
  const token = () => (++asked % 2 === 0 ? new Promise<string>(() => {}) : `token-${asked}`);
  const client = newClient({ token, ...patient }, fastWorld);
  await client.connect();
  const back = reached(client, 'live');
  server.io.sockets.sockets.forEach((socket) => socket.conn.close());
  await back;
  expect(server.knocks.map(({ auth }) => auth.token)).toEqual(['token-1', 'token-3']);
});

it('says why nobody was reached, by REST too', async () => {
  const gone = await startServer();
  await gone.close();
  const why = { 'http://nowhere.invalid': /getaddrinfo \w+ nowhere.invalid\)+$/, [gone.url]: /connect ECONNREFUSED/ };
  for (const [url, words] of Object.entries(why)) {
    const client = newClient({ url, connectTimeoutMs: 1_000 });
    await expect(client.connect()).rejects.toThrow(words);
    await expect(signIn(url, { email: 'ada@example.com', password: 'x' })).rejects.toThrow(words);
  }
});

it('connects below the path of its address, as REST does', async () => {
  const proxy = await startUpgradeProxy(server.url, 'swallows');
  const client = newClient({ url: `${proxy.url}/company/chat/`, transports: ['polling'] });
  const connecting = awaitedLater(client.connect());
  await expect.poll(() => proxy.seen[0]).toMatch(/^GET \/company\/chat\/socket\.io\/\?/);
  client.close();
  await expect(connecting).rejects.toBeInstanceOf(NoAnswer);
  await proxy.close();
});

it.each([
  ['auth/session_revoked', 'signedOut'],
  ['auth/user_disabled', 'signedOut'],
  ['client/flooding', 'stopped'],
] as const)('H6 stays away when the server says so: %s', async (code, name) => {
  const client = newClient();
  await client.connect();
  const ended = reached(client, name);
  server.io.emit('session:closing', { code, reconnect: false });
  server.io.disconnectSockets(true);
  expect(await ended).toMatchObject({ reason: { name: 'ConnectionClosed', code } });
});

it('stays away when the server closes the socket without a word', async () => {
  const client = newClient();
  await client.connect();
  const stopped = reached(client, 'stopped');
  server.io.disconnectSockets(true);
  expect(await stopped).toMatchObject({ reason: new ConnectionClosed() });
});

it('comes back when the server closes the socket and asks for that', async () => {
  const client = newClient();
  await client.connect();
  const back = reached(client, 'live');
  server.io.emit('session:closing', { code: 'client/too_slow', reconnect: true });
  server.io.disconnectSockets(true);
  await back;
});

it('close ends a connection, one that is being made as well', async () => {
  const client = newClient();
  await client.connect();
  const gone = new Promise((resolve) =>
    server.io.sockets.sockets.forEach((socket) => socket.on('disconnect', resolve)),
  );
  client.close();
  expect(await gone).toBe('client namespace disconnect');
  expect(client.state).toEqual({ name: 'stopped', reason: undefined });

  const connecting = client.connect();
  client.close();
  await expect(connecting).rejects.toBeInstanceOf(NoAnswer);
});

/** Nothing is heard of the server on what is open now. With long-polling a request has to wait there for that. */
async function halfOpen(link: Link): Promise<void> {
  const newest = [...server.io.sockets.sockets.values()].at(-1);
  await vi.waitUntil(() => newest?.conn.transport.writable, { timeout: patienceMs, interval: 1 });
  link.halfOpen();
}

describe('H9 a connection that nobody closed', () => {
  const send = { chatId, text: 'Hello', clientMessageId: 'mine' };

  it.each(['websocket', 'polling'] as const)(
    'is left where %s carries nothing any more, once there is another',
    async (transport) => {
      const { hostname: host, port } = new URL(server.url);
      const link = await startLink({ host, port: Number(port) });
      try {
        const url = `http://${host}:${link.port}`;
        const client = newClient({ url, transports: [transport] }, fastWorld);
        await client.connect();
        const states: string[] = [];
        client.onState(({ name }) => states.push(name));
        await halfOpen(link);
        const lost = client.command('message:send', send);
        await expect(lost).rejects.toMatchObject({ reason: 'disconnected', clientMessageId: 'mine' });
        // Nor has one that only listens to wait for the pings of the server.
        await halfOpen(link);
        await vi.waitFor(() => expect(states).toEqual(['catchingUp', 'live', 'catchingUp', 'live']), patienceMs);
        expect(server.knocks).toHaveLength(3);
      } finally {
        await link.cut();
      }
    },
  );

  it('is kept where a command takes long and probes are answered', async () => {
    server.answer('message:send', (_, ack) => {
      const answered = setInterval(() => {
        if (server.probes < 3) return;
        clearInterval(answered);
        ack({ success: true, message: {} });
      }, 5);
    });
    const client = newClient({}, fastWorld);
    await client.connect();
    await client.command('message:send', send);
    expect(server.knocks).toHaveLength(1);
  });

  it('fails at once what is asked when the machine wakes after its pings have expired, and another is made', async () => {
    server.answer('chat:leave', (_, ack) => ack({ success: true, message: 'Left' }));
    const client = newClient();
    await client.connect();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    try {
      const at = performance.now();
      const lost = { name: 'NoAnswer', reason: 'disconnected' };
      await expect(client.command('chat:leave', { chatId })).rejects.toMatchObject(lost);
      await client.command('chat:leave', { chatId });
      expect(performance.now() - at).toBeLessThan(3_000);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe.each(['swallows', 'mutes'] as const)('a proxy that %s what is no plain HTTP', (trouble) => {
  it('is passed with long-polling within some seconds, which it remembers until WebSocket gets through', async () => {
    const proxy = await startUpgradeProxy(server.url, trouble);
    try {
      const client = newClient({ url: proxy.url }, fastWorld);
      await client.connect();
      expect(server.knocks.map(({ transport }) => transport)).toEqual(['polling']);
      const again = async () => {
        const back = reached(client, 'live');
        for (const socket of server.io.sockets.sockets.values()) socket.conn.close();
        await back;
      };
      proxy.seen.length = 0;
      await again();
      expect(proxy.seen[0]).toContain('transport=polling');
      proxy.heal();
      await again();
      const newest = () => [...server.io.sockets.sockets.values()].at(-1);
      await vi.waitUntil(() => newest()?.conn.transport.name === 'websocket', patienceMs);
      await again();
      expect(server.knocks.at(-1)?.transport).toBe('websocket');
    } finally {
      await proxy.close();
    }
  });
});

describe('what a page is told of the network', () => {
  let signal: (name: PageSignal) => void;
  const world = { ...fastWorld, page: (listener: typeof signal) => ((signal = listener), () => {}) };

  it('ends the waiting for the next attempt', async () => {
    const { hostname: host, port } = new URL(server.url);
    const link = await startLink({ host, port: Number(port) });
    const client = newClient({ url: `http://${host}:${link.port}` }, world);
    await client.connect();
    signal('offline');
    const lost = awaitedLater(reached(client, 'connecting'));
    await link.cut();
    await lost;
    await link.mend();
    const back = reached(client, 'live');
    signal('online');
    await back;
    await link.cut();
  });

  it('shows a dead connection at once, and does not call it live where no other can be made', async () => {
    const { hostname: host, port } = new URL(server.url);
    const link = await startLink({ host, port: Number(port) });
    const client = newClient({ url: `http://${host}:${link.port}` }, world);
    await client.connect();
    link.halfOpen({ newToo: true });
    const lost = reached(client, 'connecting');
    signal('offline');
    await lost;
    await link.cut();
  });
});
