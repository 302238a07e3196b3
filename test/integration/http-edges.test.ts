import { gzipSync } from 'node:zlib';
import { checkRefusal } from '@roost/testing';
import type { Cluster, HttpAnswer } from '@roost/testing';
import { describe, expect } from 'vitest';
import { clusterTest, oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { rawHttp } from '../support/raw-http.js';
import { refusedCall } from '../support/refusals.js';

const page = 'https://chat.example.org';
const test = sharedClusterTest(oneReplica).extend('chat', { scope: 'file' }, ({ cluster }) =>
  cluster.chat({ members: ['ada', 'grace'] }),
);

/** A request written by hand, its body as bytes. */
async function post(cluster: Cluster, body: Buffer | string, headers: Record<string, string> = {}, path = '/messages') {
  const bytes = Buffer.from(body);
  const all = {
    host: 'localhost',
    connection: 'close',
    origin: page,
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    authorization: `Bearer ${await cluster.token('ada')}`,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return rawHttp(cluster.url(), Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), bytes]));
}

const good = (chatId: string) => JSON.stringify({ chatId, text: 'grüße' });

const saidOf = (answer: HttpAnswer) => {
  const { code, details } = refusedCall(answer);
  return { code, path: details?.[0]?.path, message: details?.[0]?.message };
};

describe('what arrives is not what it says, and each is told why', () => {
  const media = 'request/unsupported_media';

  const bodies: {
    what: string;
    body: (good: string) => Buffer | string;
    headers?: Record<string, string>;
    said: object;
  }[] = [
    {
      what: 'a body of another type',
      body: (text) => text,
      headers: { 'content-type': 'text/plain' },
      said: { code: media, path: 'content-type', message: 'must be application/json' },
    },
    {
      what: 'a form',
      body: () => 'text=hello',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      said: { code: media, path: 'content-type', message: 'must be application/json' },
    },
    {
      what: 'another charset',
      body: (text) => Buffer.from(text, 'latin1'),
      headers: { 'content-type': 'application/json; charset=iso-8859-1' },
      said: { code: media, path: 'content-type', message: 'the charset must be UTF-8' },
    },
    {
      what: 'UTF-16',
      body: (text) => Buffer.from(text, 'utf16le'),
      headers: { 'content-type': 'application/json; charset=utf-16le' },
      said: { code: media, path: 'content-type', message: 'the charset must be UTF-8' },
    },
    {
      what: 'an unknown encoding',
      body: (text) => text,
      headers: { 'content-encoding': 'zstd5' },
      said: { code: media, path: 'content-encoding', message: 'must be gzip, deflate, br or zstd, or left out' },
    },
    {
      what: 'an encoding that it has not',
      body: (text) => text,
      headers: { 'content-encoding': 'gzip' },
      said: { code: 'request/invalid', path: '', message: 'must be encoded as Content-Encoding says' },
    },
    {
      what: 'bytes that are not UTF-8',
      body: (text) => Buffer.from(text, 'latin1'),
      said: { code: 'request/invalid', path: '', message: 'must be UTF-8' },
    },
    {
      what: 'bytes that are not UTF-8, compressed',
      body: (text) => gzipSync(Buffer.from(text, 'latin1')),
      headers: { 'content-encoding': 'gzip' },
      said: { code: 'request/invalid', path: '', message: 'must be UTF-8' },
    },
    {
      what: 'no JSON',
      body: () => '{"chatId":',
      said: { code: 'request/invalid', path: '', message: 'must be well-formed JSON' },
    },
  ];
  test.for(bodies)('A3 M8 $what', async ({ body, headers, said }, { cluster, chat }) => {
    const messages = (await cluster.mongo.database()).collection('messages');
    const before = await messages.countDocuments();
    expect(saidOf(await post(cluster, body(good(chat.id)), headers))).toEqual(said);
    expect(await messages.countDocuments()).toBe(before);
  });

  test('A3 what it says is so: UTF-8 by name, in capitals, compressed', async ({ cluster, chat }) => {
    for (const headers of [{ 'content-type': 'application/json; charset=UTF-8' }, { 'content-encoding': 'gzip' }]) {
      const bytes = 'content-encoding' in headers ? gzipSync(good(chat.id)) : good(chat.id);
      const answer = await post(cluster, bytes, headers as unknown as Record<string, string>);
      expect(answer).toMatchObject({ status: 201, body: { text: 'grüße' } });
    }
  });

  test.for(['/chats/%E0%A4%A', '/chats/%', '/users?query=%FF', '/users?query=100%'])(
    'A3 a broken percent escape: %s',
    async (path, { cluster }) => {
      const answer = await cluster.http(`GET ${path}`, { as: 'ada', headers: { origin: page } });
      expect(saidOf(answer)).toEqual({
        code: 'request/invalid',
        path: '',
        message: 'the address has a broken percent escape',
      });
      expectReadable(answer);
    },
  );
});

/** A page of the configured origin may read the answer, and nothing may keep it. */
function expectReadable({ headers }: HttpAnswer) {
  expect(headers.get('access-control-allow-origin')).toBe(page);
  expect(headers.get('access-control-expose-headers')).toBe('Retry-After,X-Request-Id');
  expect(headers.get('vary')).toContain('Origin');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-request-id')).toMatch(/.{8}/);
}

describe('addresses and methods', () => {
  const unknown = [
    'GET /nowhere',
    'DELETE /',
    'POST /chats/a/b/c/d',
    'GET /health/nowhere',
    'GET //chats',
    'GET /auth',
  ];
  test.for(unknown)('A3 %s: 404', async (request, { cluster }) => {
    const answer = await cluster.http(request, { headers: { origin: page } });
    expect(refusedCall(answer).code).toBe('route/unknown');
    expectReadable(answer);
  });

  const wrong = [
    ['PUT /chats', 'GET, HEAD, POST, OPTIONS'],
    ['DELETE /messages', 'POST, OPTIONS'],
    ['GET /messages/aaaaaaaaaaaaaaaaaaaaaaaa', 'PATCH, DELETE, OPTIONS'],
    ['POST /users/me', 'GET, HEAD, PATCH, OPTIONS'],
    ['POST /health/live', 'GET, HEAD, OPTIONS'],
    ['GET /auth/login', 'POST, OPTIONS'],
  ] as const;
  test.for(wrong)('A3 %s: 405, and what is allowed', async ([request, allowed], { cluster }) => {
    const answer = await cluster.http(request, { headers: { origin: page } });
    expect(refusedCall(answer).code).toBe('route/method_not_allowed');
    expect(answer.headers.get('allow')).toBe(allowed);
    expectReadable(answer);
  });

  test('A3 HEAD is GET without a body', async ({ cluster }) => {
    const answer = await cluster.http('HEAD /users/me', { as: 'ada' });
    expect(answer).toMatchObject({ status: 200, body: undefined });
    expect((await cluster.http('HEAD /users/me')).status).toBe(401);
    expect((await cluster.http('HEAD /messages')).status).toBe(405);
  });

  test('A3 too long an address is 414, too large headers 431', async ({ cluster }) => {
    const answer = await cluster.http(`GET /users?query=${'a'.repeat(8_200)}`, {
      as: 'ada',
      headers: { origin: page },
    });
    expect(refusedCall(answer).code).toBe('request/address_too_long');
    expectReadable(answer);
    const headers = await rawHttp(
      cluster.url(),
      `GET /users/me HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'a'.repeat(20_000)}\r\n\r\n`,
    );
    expect(refusedCall(headers).code).toBe('request/headers_too_large');
  });

  test('A3 who offers to speak HTTP/2, as curl and Java do, is answered in HTTP/1.1', async ({ cluster }) => {
    const offer = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n';
    const asked = await rawHttp(cluster.url(), `GET /health/live HTTP/1.1\r\nHost: a\r\n${offer}\r\n`);
    expect(asked).toMatchObject({ status: 200, body: { status: 'ok' } });
    const body = JSON.stringify({ email: 'ada@example.org', password: 'wrong' });
    const json = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    const posted = await rawHttp(cluster.url(), `POST /auth/login HTTP/1.1\r\nHost: a\r\n${offer}${json}\r\n${body}`);
    expect(refusedCall(posted).code).toBe('auth/credentials_invalid');
  });

  test('A3 an expectation that nobody knows is overlooked', async ({ cluster }) => {
    const request = 'GET /nowhere HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nConnection: close\r\n\r\n';
    expect(refusedCall(await rawHttp(cluster.url(), request)).code).toBe('route/unknown');
  });

  test('A3 a WebSocket where there is none is told so at once', async ({ cluster }) => {
    const upgrade = 'Connection: Upgrade, close\r\nUpgrade: websocket\r\n';
    const answer = await rawHttp(cluster.url(), `GET /nowhere HTTP/1.1\r\nHost: a\r\n${upgrade}\r\n`);
    expect(refusedCall(answer).code).toBe('route/unknown');
  });

  test('A3 too large a body is 413, told to a page as well', async ({ cluster }) => {
    const answer = await post(cluster, JSON.stringify({ text: 'a'.repeat(300_000) }));
    expect(refusedCall(answer).code).toBe('request/too_large');
    expectReadable(answer);
  });

  const broken = [
    'no HTTP at all\r\n\r\n',
    'GET /users/me HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
  ];
  test.for(broken)('A3 what is no HTTP is answered in the same shape: %j', async (request, { cluster }) => {
    const answer = await rawHttp(cluster.url(), request);
    expect(saidOf(answer)).toEqual({ code: 'request/invalid', path: '', message: 'must be well-formed HTTP' });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

/** A preflight of a POST. */
const ask = (cluster: Cluster, path: string, origin = page) =>
  cluster.http(`OPTIONS ${path}`, {
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

describe('pages of other origins', () => {
  test('a preflight offers what there is, and is remembered', async ({ cluster }) => {
    const { status, headers } = await ask(cluster, '/chats');
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(page);
    expect(headers.get('access-control-allow-methods')).toBe('GET,HEAD,POST');
    expect(headers.get('access-control-allow-headers')).toBe('Authorization,Content-Type,X-Request-Id');
    expect(Number(headers.get('access-control-max-age'))).toBeGreaterThanOrEqual(600);
    expect((await ask(cluster, '/messages/aaaaaaaaaaaaaaaaaaaaaaaa')).headers.get('access-control-allow-methods')).toBe(
      'PATCH,DELETE',
    );
  });

  test('a preflight of nothing is 404, and one from elsewhere is offered nothing', async ({ cluster }) => {
    expect(refusedCall(await ask(cluster, '/nowhere')).code).toBe('route/unknown');
    const { headers } = await ask(cluster, '/chats', 'https://evil.example.org');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('OPTIONS without an origin says what is allowed', async ({ cluster }) => {
    const { status, headers } = await cluster.http('OPTIONS /chats');
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 204, allow: 'GET, HEAD, POST, OPTIONS' });
  });
});

describe('answers of one person are nobody else’s', () => {
  test('no answer may be stored, and none is left out because one was', async ({ cluster }) => {
    const { email, password } = await cluster.person('ada');
    const login = await cluster.http('POST /auth/login', { body: { email, password }, headers: { origin: page } });
    expect(login.status).toBe(200);
    expectReadable(login);
    const me = await cluster.http('GET /users/me', { as: 'ada', headers: { origin: page } });
    expectReadable(me);
    expect(me.headers.get('etag')).toBeNull();
    const again = await cluster.http('GET /users/me', { as: 'ada', headers: { 'if-none-match': '*' } });
    expect(again.status).toBe(200);
  });

  test('H1 who is not let in is told how to come in', async ({ cluster }) => {
    const said = async (token?: string) => {
      const answer = await cluster.http('GET /users/me', { ...(token !== undefined && { token }) });
      expect(answer.status).toBe(401);
      checkRefusal(answer.body, 'rest');
      return answer.headers.get('www-authenticate');
    };
    expect(await said()).toBe('Bearer realm="roost"');
    expect(await said('garbage')).toBe('Bearer realm="roost", error="invalid_token"');
    const wrong = await cluster.http('POST /auth/login', { body: { email: 'ada@example.org', password: 'wrong' } });
    expect(wrong).toMatchObject({ status: 401 });
    expect(wrong.headers.get('www-authenticate')).toBe('Bearer realm="roost"');
  });
});

/** What browsers are told of TLS: for the host, and for the files of a page. */
async function toldOfTls(cluster: Cluster) {
  const { headers } = await cluster.http('GET /docs');
  const policy = headers.get('content-security-policy') ?? '';
  return { host: headers.get('strict-transport-security'), upgrades: policy.includes('upgrade-insecure-requests') };
}

test('over plain HTTP nothing sends browsers to TLS that is not there', async ({ cluster }) => {
  expect(await toldOfTls(cluster)).toEqual({ host: null, upgrades: false });
});

const tlsTest = clusterTest({ settings: { TLS_IN_FRONT: 'true' } });
tlsTest('where TLS is in front browsers keep to it, for this host alone', async ({ cluster }) => {
  expect(await toldOfTls(cluster)).toEqual({ host: 'max-age=31536000', upgrades: true });
});
