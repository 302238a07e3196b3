import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type ManagerOptions, type Socket, type SocketOptions, io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NginxPart, freePort, startNginx } from '../src/index.js';
import { RoamingAgent } from '../../../test/support/roaming-agent.js';
import { type Echo, type Toy, startToy, temporaryFolder } from './support/toys.js';

/** As in nginx/compose.conf and nginx-config.ts. */
const restMs = 3_000;

const { dir, remove } = temporaryFolder();
const webRoot = join(dir, 'page');
let toys: Toy[];
let nginx: NginxPart;
const sockets: Socket[] = [];

beforeAll(async () => {
  mkdirSync(join(webRoot, 'assets'), { recursive: true });
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Roost</title>');
  writeFileSync(join(webRoot, 'assets/page-1a2b.js'), '// a script long enough to compress\n'.repeat(50));
  toys = await Promise.all(['one', 'two', 'three'].map((name) => startToy(name)));
  nginx = await startNginx({ dir: join(dir, 'nginx'), replicaPorts: toys.map(({ port }) => port), webRoot });
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await nginx?.stop();
  await Promise.all(toys.map((toy) => toy.close()));
  remove();
});

/** Connects and asks ten times which replica answers; one name means that every request of it found the same. */
async function replicasOf(options: Partial<ManagerOptions & SocketOptions>): Promise<Set<string>> {
  const socket = io(nginx.url, { forceNew: true, reconnection: false, timeout: 5_000, ...options });
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const names = new Set<string>();
  for (let i = 0; i < 10; i++) names.add(await socket.timeout(5_000).emitWithAck('whoami'));
  expect(socket.connected).toBe(true);
  socket.disconnect();
  return names;
}

const clients = Array.from({ length: 30 }, (_, index) => index);

test('long-polling clients of one address stay on one replica each and are spread over all', async () => {
  const each = await Promise.all(clients.map(() => replicasOf({ transports: ['polling'] })));
  expect(each.every(({ size }) => size === 1)).toBe(true);
  expect(new Set(each.flatMap((names) => [...names])).size).toBe(3);
});

test('so do those that come from another address each time, through any of several nginx', async () => {
  const second = await startNginx({
    dir: join(dir, 'second'),
    replicaPorts: toys.map(({ port }) => port).toReversed(),
  });
  const agent = new RoamingAgent([nginx.port, second.port]);
  const each = await Promise.all(
    clients.map(() => replicasOf({ transports: ['polling'], agent: agent as unknown as boolean })),
  );
  expect(each.every(({ size }) => size === 1)).toBe(true);
  expect(new Set(each.flatMap((names) => [...names])).size).toBe(3);
  await second.stop();
});

test('a session whose replica is gone is said to be unknown by another, at once', async () => {
  const goes = await startToy('goes');
  const own = await startNginx({ dir: join(dir, 'gone'), replicaPorts: [goes.port, toys[0]!.port] });
  const address = `${own.url}/socket.io/?EIO=4&transport=polling`;
  await goes.close();
  const answer = await fetch(`${address}&sid=somebody.${goes.port}`);
  expect([answer.status, await answer.json()]).toEqual([400, { code: 1, message: 'Session ID unknown' }]);
  await own.stop();
});

test('who is new goes to a replica that takes them, if there is one; nobody else notices', async () => {
  const [first, ...others] = toys;
  try {
    first!.takesNew = false;
    expect(await connected()).toEqual(new Set(others.map(({ name }) => name)));
    // Nor is it left alone for having said so.
    const echoes = await Promise.all(clients.map(() => echo('/chats')));
    expect(new Set(echoes.map(({ replica }) => replica)).size).toBe(3);
    for (const toy of others) toy.takesNew = false;
    // One of them has to say why.
    expect((await connected()).size).toBe(3);
  } finally {
    for (const toy of toys) toy.takesNew = true;
  }
});

test('nobody but a replica says where a request goes', async () => {
  const port = await freePort();
  for (const path of [`/alive/at/127.0.0.1:${port}`, '/alive', '/alive/anybody', '/%61live/anybody']) {
    expect((await fetch(nginx.url + path)).status).toBe(404);
  }
  const headers = { 'x-session': `x.${port}`, 'x-accel-redirect': `/alive/at/127.0.0.1:${port}` };
  for (const session of ['', 'new', '/alive/anybody', '%0d%0aX-Accel-Redirect:%20/']) {
    const answer = await fetch(`${nginx.url}/socket.io/?EIO=4&transport=polling&sid=${session}`, { headers });
    expect([200, 400]).toContain(answer.status);
  }
});

test('the step from polling to WebSocket finds the replica of the session', async () => {
  for (const _ of [1, 2, 3]) {
    const socket = io(nginx.url, { forceNew: true, reconnection: false, transports: ['polling', 'websocket'] });
    sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.io.engine.once('upgrade', () => resolve());
      socket.once('connect_error', reject);
      socket.once('disconnect', (reason) => reject(new Error(reason)));
    });
    await expect(socket.timeout(5_000).emitWithAck('whoami')).resolves.toMatch(/one|two|three/);
    expect(socket.io.engine.transport.name).toBe('websocket');
    socket.disconnect();
  }
});

test('WebSockets opened as such by one address are spread over all replicas', async () => {
  const each = await Promise.all(clients.map(() => replicasOf({ transports: ['websocket'] })));
  expect(new Set(each.flatMap((names) => [...names])).size).toBe(3);
});

test('a replica learns the address and the protocol from nginx, not from the client', async () => {
  const headers = { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https', 'x-request-id': 'chosen' };
  const { headers: seen } = await echo('/users/me', { headers });
  expect(seen).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
  expect(seen['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
});

test('behind a proxy that is trusted, a replica learns the address that this proxy saw', async () => {
  const settings = { TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1' };
  const own = await startNginx({ dir: join(dir, 'behind'), replicaPorts: [toys[0]!.port], settings });
  const seen = async (claimed: string): Promise<unknown> => {
    const response = await fetch(`${own.url}/users/me`, { headers: { 'x-forwarded-for': claimed } });
    const { headers }: Echo = await response.json();
    return headers['x-forwarded-for'];
  };
  expect(await seen('203.0.113.7')).toBe('203.0.113.7');
  expect(await seen('6.6.6.6, 203.0.113.7, 10.1.2.3')).toBe('203.0.113.7');
  await own.stop();
});

test.each(['/metrics', '/metrics/x', '/health/deps', '/health', '/health/deps?x=1', '/%6detrics', '//metrics'])(
  '%s is not public',
  async (path) => {
    expect((await fetch(nginx.url + path)).status).toBe(404);
    expect(toys.flatMap(({ seen }) => seen).join()).not.toMatch(/etrics|deps/);
  },
);

test.each([
  '/health/live',
  '/health/ready',
  '/chats',
  '/chats/1/messages?limit=5',
  '/docs',
  '/openapi.json',
  '/asyncapi.json',
])('%s reaches a replica as it is', async (path) =>
  expect(await echo(path)).toMatchObject({ method: 'GET', url: path }),
);

test('the page brings its policy and no cookie, and is asked for anew each time', async () => {
  const first = await fetch(`${nginx.url}/`);
  expect(await first.text()).toContain('<title>Roost</title>');
  expect(first.headers.get('set-cookie')).toBeNull();
  expect(first.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(first.headers.get('cache-control')).toBe('no-cache');
});

test('assets are compressed and kept for good; what does not exist is 404', async () => {
  const asset = await fetch(`${nginx.url}/assets/page-1a2b.js`);
  expect(asset.headers.get('content-encoding')).toBe('gzip');
  expect(asset.headers.get('cache-control')).toContain('immutable');
  expect((await fetch(`${nginx.url}/nothing-here`)).status).toBe(404);
});

test('a body over the limit is refused in the API’s own shape, and no replica sees it', async () => {
  const answer = await fetch(`${nginx.url}/messages`, { method: 'POST', body: 'x'.repeat(1_100_000) });
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({ success: false, code: 'request/too_large' });
  expect(toys.flatMap(({ seen }) => seen)).not.toContain('POST /messages');
});

test('a POST that a replica took and did not answer is not sent to another', async () => {
  const answer = await fetch(`${nginx.url}/chats/cut`, { method: 'POST', body: 'once' });
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ success: false, code: 'server/unreachable', retryable: true });
  expect(toys.flatMap(({ seen }) => seen).filter((line) => line === 'POST /chats/cut')).toHaveLength(1);
});

test('a dead replica is passed over; a reload brings another set; with none left the answer says when to retry', async () => {
  const own = await startNginx({ dir: join(dir, 'own'), replicaPorts: [await freePort(), toys[0]!.port] });
  const answers = await Promise.all(clients.map(() => fetch(`${own.url}/chats`, { method: 'POST' })));
  expect(answers.map(({ status }) => status)).toEqual(clients.map(() => 200));

  await own.reload([toys[1]!.port]);
  const after: Echo = await (await fetch(`${own.url}/chats`)).json();
  expect(after.replica).toBe('two');

  await own.reload([await freePort()]);
  const none = await fetch(`${own.url}/chats`);
  expect([none.status, none.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await none.json()).toMatchObject({ code: 'server/unreachable', retryable: true, retryAfterMs: 1_000 });
  await own.stop();
});

test('a replica that is back gets its share of WebSockets after its rest, though none of them has ended', async () => {
  const stays = await startToy('stays');
  const leaves = await startToy('leaves');
  const own = await startNginx({ dir: join(dir, 'back'), replicaPorts: [stays.port, leaves.port] });
  const connectAll = async () => new Set(await Promise.all(clients.map(() => webSocketTo(own.url))));
  expect(await connectAll()).toEqual(new Set(['stays', 'leaves']));
  await leaves.close();
  expect(await connectAll()).toEqual(new Set(['stays']));
  const back = await startToy('leaves', leaves.port);
  await expect.poll(connectAll, { timeout: restMs + 10_000, interval: 500 }).toEqual(new Set(['stays', 'leaves']));
  for (const socket of sockets) socket.disconnect();
  await own.stop();
  await Promise.all([stays.close(), back.close()]);
});

test('neither cookies, however many, nor an offer of HTTP/2 reach a replica', async () => {
  const offer = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAA' };
  const asked = request(`${nginx.url}/chats`, { headers: { cookie: `a=${'b'.repeat(60_000)}`, ...offer } }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const { headers } = (await json(answer)) as Echo;
  expect(answer.statusCode).toBe(200);
  expect(headers).toMatchObject({ host: expect.any(String), connection: 'close' });
  expect(headers).not.toHaveProperty('cookie');
  expect(headers).not.toHaveProperty('upgrade');
});

test('the log names what was asked for, also where it was refused, and no query or invite', async () => {
  await fetch(`${nginx.url}/nothing-to-see?token=secret`);
  await expect.poll(accessLog).toMatch(/ GET \/nothing-to-see 404 /);
  expect(accessLog()).not.toContain('secret');
  await fetch(`${nginx.url}/invites/its-token?x=1`);
  await expect.poll(accessLog).toMatch(/ GET \/invites\/\*\*\* \d+ /);
  expect(accessLog()).not.toContain('its-token');
});

test('what nginx says against its configuration is in the error', async () => {
  const broken = startNginx({ dir: join(dir, 'broken'), replicaPorts: [] });
  await expect(broken).rejects.toThrow(/nginx refuses its configuration: .*no servers are inside upstream/s);
});

const accessLog = () => readFileSync(join(dir, 'nginx/access.log'), 'utf8');

/** Which replicas those find who come new. */
async function connected(): Promise<Set<string>> {
  const each = await Promise.all(clients.map(() => replicasOf({ transports: ['websocket'] })));
  return new Set(each.flatMap((names) => [...names]));
}

/** Opens a WebSocket that stays, and says which replica it found. */
async function webSocketTo(url: string): Promise<string> {
  const socket = io(url, { forceNew: true, reconnection: false, transports: ['websocket'] });
  sockets.push(socket);
  return socket.timeout(5_000).emitWithAck('whoami');
}

async function echo(path: string, init: RequestInit = {}): Promise<Echo> {
  const response = await fetch(nginx.url + path, init);
  const body: Echo = await response.json();
  return body;
}
