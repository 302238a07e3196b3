import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errors, routes } from '@roost/contract';
import { type NginxPart, freePort, projectRoot, startNginx } from '@roost/local-cluster';
import { checkRefusal } from '@roost/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'roost-refusals-'));
const page = 'https://chat.example.org';
let nginx: NginxPart;

beforeAll(async () => {
  const settings = { FRONTEND_URL: `http://localhost:8080, ${page}:443/` };
  const webRoot = join(dir, 'page');
  mkdirSync(webRoot);
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html>');
  nginx = await startNginx({ dir, replicaPorts: [await freePort()], settings, webRoot }); // nobody listens there
});
afterAll(async () => {
  await nginx?.stop();
  rmSync(dir, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

/** A request as it is written, for `fetch` would not send most of these. */
async function say(requestLine: string, fields = '', origin = page): Promise<Answer> {
  const socket = connect({ port: nginx.port, host: '127.0.0.1' });
  socket.write(`${requestLine} HTTP/1.1\r\nHost: x\r\nOrigin: ${origin}\r\n${fields}Connection: close\r\n\r\n`);
  const [lines = '', ...rest] = (await wholeAnswer(socket)).split('\r\n\r\n');
  const [statusLine = '', ...answered] = lines.split('\r\n');
  const headers = new Headers(
    answered.map((field): [string, string] => [field.split(': ')[0]!, field.split(': ')[1]!]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body: rest.join('') };
}

/** Up to the end of the JSON: after a body that is too large nginx leaves the connection open for a while. */
async function wholeAnswer(socket: Socket): Promise<string> {
  let said = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    said += String(chunk);
    if (said.endsWith('}')) break;
  }
  return said;
}

const refused: { request: string; fields?: string; status: number; code: string }[] = [
  { request: 'GET /chats', fields: 'Content-Length: many\r\n', status: 400, code: 'request/invalid' },
  { request: 'GET /nothing/here', status: 404, code: 'route/unknown' },
  { request: 'GET /metrics', status: 404, code: 'route/unknown' },
  { request: 'POST /index.html', status: 405, code: 'route/method_not_allowed' },
  { request: 'POST /messages', fields: 'Content-Length: 1100000\r\n', status: 413, code: 'request/too_large' },
  { request: `GET /chats?${'x'.repeat(9_000)}`, status: 414, code: 'request/address_too_long' },
  { request: 'GET /users/me', fields: `X: ${'x'.repeat(66_000)}\r\n`, status: 431, code: 'request/headers_too_large' },
  { request: 'GET /chats', status: 503, code: 'server/unreachable' },
  { request: 'POST /messages', status: 503, code: 'server/unreachable' },
  { request: 'GET /socket.io/?EIO=4&transport=polling', status: 503, code: 'server/unreachable' },
];

test.each(refused)(
  'nginx refuses as the contract says it: $status $code, case %#',
  async ({ request, fields, status, code }) => {
    const answer = await say(request, fields);
    expect(answer).toMatchObject({ status });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const refusal = checkRefusal(JSON.parse(answer.body), 'rest');
    expect({ ...refusal, status }).toMatchObject({ code, ...saidBy(code) });
    expect(answer.headers.get('retry-after')).toBe(refusal.retryable ? '1' : null);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('access-control-allow-origin')).toBe(page);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('vary')).toContain('Origin');
  },
);

test('A3 what the page does not take is refused with what it takes', async () => {
  const { status, headers } = await say('POST /index.html');
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('an address that cannot be decoded is refused before nginx has read where it comes from', async () => {
  const { status, body } = await say('GET /%zz');
  expect(status).toBe(400);
  expect(checkRefusal(JSON.parse(body), 'rest')).toMatchObject({ code: 'request/invalid' });
});

test('a page of another origin may not read a refusal', async () => {
  const { headers } = await say('GET /nothing/here', '', 'https://evil.example.org');
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('access-control-allow-credentials')).toBeNull();
});

test('what nginx lets through to replicas are the routes of the contract and its documents', () => {
  const configuration = readFileSync(join(projectRoot(), 'nginx/server.conf'), 'utf8');
  const [, listed = ''] = /location ~ \^\/\((.*)\)\(\/\|\$\) \{/.exec(configuration) ?? [];
  const first = Object.values(routes).map(({ path }) => path.split('/')[1] ?? '');
  expect(new Set(listed.split('|'))).toEqual(new Set([...first, 'docs']));
});

function saidBy(code: string): object {
  const entry = Object.entries(errors).find(([name]) => name === code)?.[1];
  if (!entry) throw new Error(`the contract knows no ${code}`);
  return { error: entry.error, retryable: entry.retryable, status: entry.status };
}
