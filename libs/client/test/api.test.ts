import { NoAnswer, register, RoostApi, sessionFrom, signIn } from '@roost/client';
import { afterEach, describe, expect, it } from 'vitest';
import { fastWorld } from './support/fast-world.js';
import { ada, chatId, startServer } from './server.js';
import type { TestServer } from './server.js';

const me = { ...ada, email: 'ada@example.com', createdAt: '2026-01-01T00:00:00.000Z' };
const tokens = { accessToken: 'access', refreshToken: 'refresh', expiresAt: '2026-01-01T01:00:00.000Z', user: me };

let server: TestServer;
afterEach(() => server.close());

interface Seen {
  readonly line: string;
  readonly authorization?: string;
  readonly body?: unknown;
}

/** Answers every request with the same, and tells what was asked. */
async function answering(status: number, answer: unknown, type = 'application/json'): Promise<Seen[]> {
  const seen: Seen[] = [];
  server = await startServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const { authorization } = request.headers;
      seen.push({ line: `${request.method} ${request.url}`, authorization, body: text ? JSON.parse(text) : undefined });
      response.writeHead(status, { 'content-type': type });
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  });
  return seen;
}

it('signs in, and calls in the name of the session from then on', async () => {
  const seen = await answering(200, tokens);
  const session = await signIn(`${server.url}/`, { email: 'ada@example.com', password: 'engine-no-1' });
  expect(session).toMatchObject(tokens);
  await session.api.call('users.me');
  expect(seen).toEqual([
    { line: 'POST /auth/login', body: { email: 'ada@example.com', password: 'engine-no-1' } },
    { line: 'GET /users/me', authorization: 'Bearer access' },
  ]);
});

it('registers', async () => {
  const seen = await answering(201, tokens);
  const account = { email: 'ada@example.com', password: 'engine-no-1', displayName: 'Ada' };
  expect((await register(server.url, account)).user).toEqual(me);
  expect(seen).toEqual([{ line: 'POST /auth/register', body: account }]);
});

it('puts parameters into the path and the query, leaving out what is not given', async () => {
  const seen = await answering(200, { items: [], more: false });
  const { api } = sessionFrom(server.url, tokens);
  const query = { before: 51, limit: undefined };
  expect(await api.call('messages.list', { params: { chatId }, query })).toEqual({ items: [], more: false });
  await api.call('users.search', { query: { query: 'Ada & Grace' } });
  await api.chats.list();
  expect(seen.map(({ line }) => line)).toEqual([
    `GET /chats/${chatId}/messages?before=51`,
    'GET /users?query=Ada+%26+Grace',
    'GET /chats',
  ]);
});

it('asks for the token at every request', async () => {
  const seen = await answering(200, me);
  let asked = 0;
  const api = new RoostApi({ url: server.url, token: async () => `token-${++asked}` });
  await api.call('users.me');
  await api.call('users.me');
  expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
});

it('resolves without a value where there is none', async () => {
  await answering(204, '');
  const { api } = sessionFrom(server.url, tokens);
  expect(await api.call('chats.delete', { params: { chatId } })).toBeUndefined();
});

it('a refusal is an error with its code and its details', async () => {
  const details = [{ path: 'password', message: 'too short' }];
  await answering(400, { success: false, code: 'request/invalid', error: 'No', retryable: false, details });
  const refused = register(server.url, { email: 'ada@example.com', password: '1', displayName: 'Ada' });
  await expect(refused).rejects.toMatchObject({ name: 'ChatError', code: 'request/invalid', extras: { details } });
});

it("a proxy's page is no answer, whatever its status", async () => {
  await answering(502, '<h1>Bad Gateway</h1>', 'text/html');
  await expect(new RoostApi({ url: server.url }).call('users.me')).rejects.toMatchObject({
    name: 'NoAnswer',
    request: 'GET /users/me',
    reason: 'gateway',
  });
  await server.close();
  await answering(200, '<h1>Welcome</h1>', 'text/html');
  await expect(new RoostApi({ url: server.url }).call('users.me')).rejects.toBeInstanceOf(NoAnswer);
});

it('says when nobody answered, and when nobody was there', async () => {
  server = await startServer(() => undefined);
  const slow = new RoostApi({ url: server.url, timeoutMs: 50 });
  await expect(slow.call('users.me')).rejects.toMatchObject({ reason: 'timeout' });
  const gone = await startServer();
  await gone.close();
  await expect(new RoostApi({ url: gone.url }).call('users.me')).rejects.toMatchObject({ reason: 'disconnected' });
});

describe('a failure that may pass', () => {
  const away = { success: false, code: 'store/unavailable', error: 'Away', retryable: true };
  const message = { chatId, text: 'Hello', clientMessageId: 'once' };

  it.each([
    ['reading is tried again', 3, (api: RoostApi) => api.users.me()],
    ['a message with an id is tried again', 3, (api: RoostApi) => api.messages.send({ body: message })],
    ['a message without one is not', 1, (api: RoostApi) => api.messages.send({ body: { chatId, text: 'Hello' } })],
    [
      'nor where it is left open',
      1,
      (api: RoostApi) => api.messages.send({ body: { ...message, clientMessageId: undefined } }),
    ],
    ['what cannot be repeated is not', 1, (api: RoostApi) => api.chats.delete({ params: { chatId } })],
  ])('%s', async (_, times, call) => {
    const seen = await answering(503, away);
    await expect(call(new RoostApi({ url: server.url }, fastWorld))).rejects.toMatchObject({ code: away.code });
    expect(seen).toHaveLength(times);
  });

  it('that lasts for longer is told at once, and so is every one where that is wanted', async () => {
    const seen = await answering(429, { ...away, code: 'rate/limited', retryAfterMs: 900_000 });
    await expect(new RoostApi({ url: server.url }).users.me()).rejects.toMatchObject({ code: 'rate/limited' });
    const once = new RoostApi({ url: server.url, retries: 0 });
    await expect(once.users.me()).rejects.toMatchObject({ code: 'rate/limited' });
    expect(seen).toHaveLength(2);
  });
});

it('ends a call that is aborted, at whatever moment, with the reason of that', async () => {
  const arrived = new AbortController();
  server = await startServer(() => arrived.abort(new Error('left the page')));
  const api = new RoostApi({ url: server.url });
  await expect(api.users.me({}, { signal: arrived.signal })).rejects.toThrow('left the page');
  await expect(api.call('users.me', {}, { signal: arrived.signal })).rejects.toThrow('left the page');
  const asked = new AbortController();
  const token = () => {
    asked.abort(new Error('left it again'));
    return new Promise<string>(() => {});
  };
  const waiting = new RoostApi({ url: server.url, token });
  await expect(waiting.users.me({}, { signal: asked.signal })).rejects.toThrow('left it again');
});

/** Answers what the form was, and refuses the first token. */
async function takingForms(): Promise<string[]> {
  const seen: string[] = [];
  server = await startServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { authorization, 'content-type': type = '' } = request.headers;
      seen.push(`${request.method} ${request.url} ${authorization}`);
      const isOld = authorization === 'Bearer old';
      response.writeHead(isOld ? 401 : 201, { 'content-type': 'application/json' });
      const expired = { success: false, code: 'auth/token_expired', error: 'Expired', retryable: false };
      const isForm = type.startsWith('multipart/form-data; boundary=');
      response.end(JSON.stringify(isOld ? expired : { isForm, bytes: Buffer.concat(chunks).length }));
    });
  });
  return seen;
}

function formOf(bytes: number): FormData {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)]), 'picture.png');
  return form;
}

describe('a form', () => {
  it('is posted in the name of the session, anew where the token had expired', async () => {
    const seen = await takingForms();
    const api = new RoostApi({ url: server.url, token: async ({ fresh }) => (fresh ? 'new' : 'old') });
    const answer = await api.upload<{ isForm: boolean; bytes: number }>('/files', formOf(100_000));
    expect(answer.isForm).toBe(true);
    expect(answer.bytes).toBeGreaterThan(100_000);
    expect(seen).toEqual(['POST /files Bearer old', 'POST /files Bearer new']);
  });

  it('ends with its signal, and is refused and unanswered as any call', async () => {
    server = await startServer((request, response) => {
      request.resume();
      response.writeHead(413, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ success: false, code: 'request/too_large', error: 'Too large', retryable: false }));
    });
    const api = new RoostApi({ url: server.url, token: 'access' });
    await expect(api.upload('/files', formOf(10))).rejects.toMatchObject({ code: 'request/too_large' });
    const reason = new Error('changed my mind');
    await expect(api.upload('/files', formOf(10), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await server.close();
    await expect(api.upload('/files', formOf(10))).rejects.toBeInstanceOf(NoAnswer);
  });
});
