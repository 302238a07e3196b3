import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import type { Socket as TcpSocket } from 'node:net';
import type { Writable } from 'node:stream';
import type { FactOf } from '@roost/contract';
import { io } from 'socket.io-client';
import type { ManagerOptions, Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEngineServer } from '../../../../test/support/engine-server.js';
import type { ChatServer, ChatSocket } from '../kernel/chat-socket.js';
import { discardWaiting, forgetRequest, terminate, waitingBytes } from './engine.js';

const require = createRequire(import.meta.url);

let server: ChatServer;
let port: number;
let opened: Socket | undefined;

beforeEach(async () => {
  ({ server, port } = await startEngineServer());
});
afterEach(async () => {
  opened?.disconnect();
  await server.close();
});

const text = 'x'.repeat(1_000);
const say = (socket: ChatSocket, seq: number) => socket.emit('message:new', { seq, text } as FactOf<'message:new'>);
const turn = () => new Promise((resolve) => setImmediate(resolve));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A client whose every fact is noted, and the server's side of it. */
async function connected(options: Partial<ManagerOptions> = { transports: ['websocket'] }) {
  const joined = new Promise<ChatSocket>((resolve) => server.once('connection', resolve));
  const client = io(`http://127.0.0.1:${port}`, { ...options, forceNew: true, reconnection: false });
  opened = client;
  const heard: number[] = [];
  client.on('message:new', ({ seq }: { seq: number }) => heard.push(seq));
  const socket = await joined;
  await new Promise((resolve) => client.once('connect', () => resolve(undefined)));
  const hears = (count: number) => vi.waitUntil(() => heard.length >= count, 20_000);
  return { socket, client, heard, hears };
}

/** What is written to the system for a socket, call by call. */
function writesOf(socket: ChatSocket): () => number {
  const { transport } = socket.conn as unknown as { transport: { socket: { _socket: Writable } } };
  const one = vi.spyOn(transport.socket._socket, '_write');
  const many = vi.spyOn(transport.socket._socket as Required<Writable>, '_writev');
  return () => one.mock.calls.length + many.mock.calls.length;
}

it('stands on the versions whose inside was read', () => {
  const engine = require.resolve('engine.io');
  // A new version may be fine: read what engine.ts reaches for there, run this file, then write it here.
  expect([versionAt(engine), versionAt(createRequire(engine).resolve('ws'))]).toEqual(['6.6.11', '8.21.3']);
});

/** Of the package that a file belongs to. */
function versionAt(file: string): string {
  const folder = /^.*\/node_modules\/[^/]+/.exec(file)?.[0];
  return (JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version: string }).version;
}

describe('what one turn sends to a socket', () => {
  it('is one write, complete and in order, broadcasts and answers alike', async () => {
    const { socket, heard, hears } = await connected();
    await socket.join('room');
    await turn();
    const writes = writesOf(socket);
    for (const seq of upTo(50)) {
      if (seq % 2 === 0) say(socket, seq);
      else server.to('room').emit('message:new', { seq } as FactOf<'message:new'>);
      await Promise.resolve();
    }
    await hears(50);
    expect(heard).toEqual(upTo(50));
    expect(writes()).toBe(1);
  });

  it('comes before its closing where it is closed in the same turn', async () => {
    const { socket, client, heard } = await connected();
    const closed = new Promise((resolve) => client.once('disconnect', resolve));
    for (const seq of upTo(20)) say(socket, seq);
    socket.disconnect(true);
    expect(await closed).toBe('io server disconnect');
    expect(heard).toEqual(upTo(20));
  });

  it('is dropped where its WebSocket is terminated in the same turn', async () => {
    const { socket, client, heard } = await connected();
    const closed = new Promise((resolve) => client.once('disconnect', resolve));
    say(socket, 1);
    terminate(socket);
    expect(await closed).toBe('transport close');
    expect(heard).toEqual([]);
  });
});

describe('a client that reads nothing', () => {
  it('has its bytes counted, those queued behind the connection discarded, and hears the rest in order', async () => {
    const { socket, raw, received } = await deaf();
    let sent = 0;
    while (queued(socket) === 0) {
      for (let count = 0; count < 100; count++) say(socket, sent++);
      await turn();
    }
    const held = waitingBytes(socket);
    for (let count = 0; count < 100; count++) say(socket, sent++);
    expect(waitingBytes(socket)).toBeGreaterThan(held + 100 * text.length);
    await turn();
    expect(queued(socket)).toBeGreaterThanOrEqual(100);
    const kept = sent - queued(socket);
    discardWaiting(socket);
    say(socket, sent);
    raw.resume();
    await vi.waitUntil(() => received().includes(sent), 20_000);
    expect(received()).toEqual([...upTo(kept), sent]);
    await vi.waitUntil(() => waitingBytes(socket) === 0, 20_000);
    raw.destroy();
  });
});

describe('an upgrade from long-polling to a WebSocket', () => {
  it('loses and doubles nothing, whatever moment frames are sent in, and counts what waits', async () => {
    let seq = 0;
    const waited: number[] = [];
    const stages: string[] = [];
    const sendSome = (socket: ChatSocket) => {
      for (let count = 0; count < 10; count++) say(socket, seq++);
      waited.push(waitingBytes(socket));
    };
    /** In the turn of an event of Engine.IO, and in the one after it. */
    const sendAt = (socket: ChatSocket, stage: 'upgrading' | 'upgrade') =>
      new Promise<void>((resolve) => {
        socket.conn.once(stage, () => {
          stages.push(stage);
          sendSome(socket);
          setImmediate(() => resolve(sendSome(socket)));
        });
      });
    const upgraded = new Promise((resolve) => {
      server.once('connection', (socket) => {
        sendSome(socket);
        resolve(Promise.all([sendAt(socket, 'upgrading'), sendAt(socket, 'upgrade')]));
      });
    });
    const { socket, heard, hears } = await connected({ transports: ['polling', 'websocket'] });
    sendSome(socket);
    await upgraded;
    sendSome(socket);
    await hears(seq);
    expect(stages).toEqual(['upgrading', 'upgrade']);
    expect(heard).toEqual(upTo(70));
    // What is sent in a turn waits at least until its end.
    expect(Math.min(...waited)).toBeGreaterThan(9 * text.length);
    await vi.waitUntil(() => waitingBytes(socket) === 0, 20_000);
  });
});

it('a further namespace has its handshake after the request was forgotten', async () => {
  const { socket, client } = await connected({ transports: ['websocket'], query: { from: 'ada' } });
  forgetRequest(socket);
  forgetRequest(socket);
  const joined = new Promise<ChatSocket>((resolve) => server.of('/other').once('connection', resolve));
  const other = client.io.socket('/other').connect();
  const { handshake } = await joined;
  expect(handshake).toMatchObject({
    query: { from: 'ada' },
    secure: false,
    url: expect.stringContaining('/socket.io/'),
  });
  expect(handshake.headers.host).toBe(`127.0.0.1:${port}`);
  other?.disconnect();
});

const queued = (socket: ChatSocket) => (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length;

/** Speaks WebSocket by hand, for a library would read on. */
async function deaf(): Promise<{ socket: ChatSocket; raw: TcpSocket; received: () => number[] }> {
  const joined = new Promise<ChatSocket>((resolve) => server.once('connection', resolve));
  const raw = connect(port, '127.0.0.1');
  const key = 'AAAAAAAAAAAAAAAAAAAAAA==';
  raw.write(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  await new Promise((resolve) => raw.once('data', resolve));
  // A masked text frame with a mask of zeros: the CONNECT packet.
  raw.write(Buffer.concat([Buffer.from([0x81, 0x82, 0, 0, 0, 0]), Buffer.from('40')]));
  const socket = await joined;
  raw.pause();
  let bytes = '';
  raw.on('data', (chunk: Buffer) => (bytes += chunk.toString('latin1')));
  raw.pause();
  return { socket, raw, received: () => [...bytes.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq)) };
}
