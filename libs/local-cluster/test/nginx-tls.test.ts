import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type Socket, io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NginxPart, freePort, projectRoot, startNginx } from '../src/index.js';
import { type Certificate, makeCertificate, makeExpiredCertificate } from './support/certificates.js';
import { type Toy, startToy, temporaryFolder } from './support/toys.js';

const { dir, remove } = temporaryFolder();
const sockets: Socket[] = [];
let toy: Toy;
let nginx: NginxPart;
let first: Certificate;
/** What TLS_CERT and TLS_KEY name, as somebody's certbot would write it. */
let live: { TLS_CERT: string; TLS_KEY: string };

beforeAll(async () => {
  toy = await startToy('one');
  first = makeCertificate(dir, 'first');
  live = { TLS_CERT: join(dir, 'live.crt'), TLS_KEY: join(dir, 'live.key') };
  renewWith(first);
  mkdirSync(join(dir, 'page'));
  writeFileSync(join(dir, 'page/index.html'), '<!doctype html>');
  const settings = { ...live, TLS_IN_FRONT: 'true' };
  nginx = await startNginx({ dir: join(dir, 'nginx'), replicaPorts: [toy.port], settings, webRoot: join(dir, 'page') });
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await nginx?.stop();
  await toy?.close();
  remove();
});

function renewWith({ cert, key }: Certificate): void {
  copyFileSync(cert, live.TLS_CERT);
  copyFileSync(key, live.TLS_KEY);
}

const script = (name: string, args: string[], env: Record<string, string>) =>
  spawnSync(join(projectRoot(), 'nginx', name), args, { env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8' });

/** Takes what `live` names into use, as the image does every hour and a hook of certbot can at once. */
const takeCertificate = (env: Record<string, string> = live) => script('take-certificate', [join(dir, 'nginx')], env);

/** The name in the certificate that a new connection is shown. */
async function shownName(port = nginx.port): Promise<unknown> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

async function webSocket(): Promise<Socket> {
  const options = { forceNew: true, reconnection: false, transports: ['websocket'], rejectUnauthorized: false };
  const socket = io(nginx.url, options as object);
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
  return socket;
}

const answerTo = async (asked: ReturnType<typeof getPlain>) =>
  ((await once(asked, 'response')) as [IncomingMessage])[0];

test('a page comes over HTTP/2 and tells browsers to keep to TLS; a replica learns that it was TLS', async () => {
  const session = connectHttp2(nginx.url, { ca: first.pem });
  const stream = session.request({ ':path': '/' });
  const [headers] = await once(stream, 'response');
  expect(headers).toMatchObject({ ':status': 200, 'strict-transport-security': 'max-age=31536000; includeSubDomains' });
  const api = session.request({ ':path': '/chats' }).setEncoding('utf8');
  const [echo] = (await once(api, 'data')) as [string];
  expect(JSON.parse(echo)).toMatchObject({
    replica: 'one',
    headers: { 'x-forwarded-proto': 'https', host: `127.0.0.1:${nginx.port}` },
  });
  session.close();
});

test('who comes without TLS is sent to it', async () => {
  const answer = await answerTo(getPlain(`http://127.0.0.1:${nginx.port}/chats?limit=5`));
  expect([answer.statusCode, answer.headers.location]).toEqual([308, `https://127.0.0.1:${nginx.port}/chats?limit=5`]);
});

test('a renewed certificate is shown to new connections, and a WebSocket that is open lives on', async () => {
  const open = await webSocket();
  renewWith(makeCertificate(dir, 'second'));
  expect(await shownName()).toBe('first');
  expect(takeCertificate()).toMatchObject({ status: 0, stderr: '' });
  expect(await shownName()).toBe('second');
  expect(await open.timeout(5_000).emitWithAck('whoami')).toBe('one');
});

test('a renewal that went wrong changes nothing and says why', async () => {
  const shown = await shownName();
  copyFileSync(makeCertificate(dir, 'third').cert, live.TLS_CERT);
  expect(takeCertificate()).toMatchObject({ status: 1, stderr: expect.stringContaining('is not the key of') });
  expect(await shownName()).toBe(shown);
  renewWith(first);
});

test('a reload takes it too, and closes no WebSocket here', async () => {
  renewWith(first);
  const open = await webSocket();
  await nginx.reload([toy.port]);
  expect(await shownName()).toBe('first');
  expect(await open.timeout(5_000).emitWithAck('whoami')).toBe('one');
});

const wrong: [string, () => Record<string, string>, RegExp][] = [
  [
    'a key is not named',
    () => ({ TLS_CERT: live.TLS_CERT }),
    /TLS_KEY is not set: TLS_CERT and TLS_KEY belong together/,
  ],
  ['a certificate is not named', () => ({ TLS_KEY: live.TLS_KEY }), /TLS_CERT is not set/],
  ['a file is not there', () => ({ ...live, TLS_CERT: '/nowhere.crt' }), /TLS_CERT: '\/nowhere.crt' is no file/],
  ['a folder is named', () => ({ ...live, TLS_KEY: '/etc' }), /TLS_KEY: '\/etc' is no file/],
  ['a file is no certificate', () => ({ ...live, TLS_CERT: live.TLS_KEY }), /TLS_CERT: .* has no certificate \(PEM\)/],
  [
    'a file is no key',
    () => ({ ...live, TLS_KEY: live.TLS_CERT }),
    /TLS_KEY: .* has no private key without a passphrase/,
  ],
  ['the key is another’s', () => ({ ...live, TLS_KEY: makeCertificate(dir, 'other').key }), /is not the key of/],
  ['it has expired', () => expired(), /TLS_CERT: .* has expired \(Jan  2 00:00:00 2020 GMT\)/],
];

function expired(): Record<string, string> {
  const { cert, key } = makeExpiredCertificate(dir, 'expired');
  return { TLS_CERT: cert, TLS_KEY: key };
}

test.each(wrong)('nothing starts, and one sentence says so, where %s', async (_, settings, sentence) => {
  const started = startNginx({ dir: join(dir, 'wrong'), replicaPorts: [toy.port], settings: settings() });
  const error: unknown = await started.then(
    (part) => part.stop(),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toMatch(sentence);
  expect((error as Error).message.split('\n')).toHaveLength(1);
});

test('with a port of its own, TLS is where plain HTTP is sent; nginx says that it works on both', async () => {
  const place = join(dir, 'two-ports');
  const own = await startNginx({ dir: place, replicaPorts: [toy.port] });
  const [plain, secure] = [await freePort(), await freePort()];
  const env = { ...live, TLS_PORT: String(secure) };
  const written = script('write-settings', [place, String(plain), String(secure)], env);
  expect(written).toMatchObject({ status: 0, stderr: '' });
  own.signal('SIGHUP');
  await expect.poll(() => shownName(secure).catch(() => undefined)).toBe('first');
  const asked = (path: string) => answerTo(getPlain(`http://127.0.0.1:${plain}${path}`));
  expect((await asked('/chats?limit=5')).headers.location).toBe(`https://127.0.0.1:${secure}/chats?limit=5`);
  expect((await asked('/health/nginx')).statusCode).toBe(200);
  const session = connectHttp2(`https://127.0.0.1:${secure}`, { ca: first.pem });
  const [headers] = await once(session.request({ ':path': '/chats' }), 'response');
  expect(headers).toMatchObject({ ':status': 200 });
  session.close();
  await own.stop();
});

test('root does not start it with a certificate that its workers could not read', () => {
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin/id'), '#!/bin/sh\necho 0\n', { mode: 0o755 });
  const PATH = `${join(dir, 'bin')}:${process.env['PATH']}`;
  const started = spawnSync(join(projectRoot(), 'nginx/start'), [], { env: { PATH, ...live }, encoding: 'utf8' });
  expect(started).toMatchObject({ status: 1, stderr: expect.stringMatching(/^nginx: .* a user other than root\n$/) });
});

test.each(['chat', 'a b:1', '10.0.0.1:3000,x;y:1'])('%s is no place of replicas', (REPLICAS) => {
  const place = join(dir, 'replicas');
  mkdirSync(place, { recursive: true });
  expect(script('write-settings', [place, '1', '2'], { REPLICAS })).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^nginx: REPLICAS: '.*' is no address or name with a port/),
  });
});
