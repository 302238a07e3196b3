import { once } from 'node:events';
import type { Socket as TcpSocket } from 'node:net';
import type { FactOf } from '@roost/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEngineServer } from '../../../../test/support/engine-server.js';
import { HandMadeSocket, opcodes } from '../../../../test/support/hand-made-socket.js';
import type { ChatServer, ChatSocket } from '../kernel/chat-socket.js';

let server: ChatServer;
let client: HandMadeSocket;
let socket: ChatSocket;
let serverSide: TcpSocket;

beforeEach(async () => {
  const started = await startEngineServer();
  ({ server } = started);
  const joined = once(server, 'connection') as Promise<[ChatSocket]>;
  client = await HandMadeSocket.open(`http://127.0.0.1:${started.port}`);
  [socket] = await joined;
  serverSide = (socket.conn as unknown as { transport: { socket: { _socket: TcpSocket } } }).transport.socket._socket;
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const last = () => {
  const { opcode, payload } = client.frames.at(-1)!;
  return { opcode, code: payload.readUInt16BE(0) };
};

it.each([
  ['its transport', () => socket.conn.close()],
  ['the socket', () => void socket.disconnect(true)],
])('a WebSocket that is closed ends after what it was sent, without a close frame: %s', async (_what, close) => {
  const cut = once(serverSide, 'close');
  const closedAtMs = performance.now();
  for (let seq = 0; seq < 5; seq++) socket.emit('message:new', { seq, text: 'x' } as FactOf<'message:new'>);
  close();
  await client.ended;
  expect(performance.now() - closedAtMs).toBeLessThan(500);
  expect(client.frames.filter(({ payload }) => payload.includes('message:new'))).toHaveLength(5);
  expect(client.frames.map(({ opcode }) => opcode)).not.toContain(opcodes.close);
  // The client leaves its own side open.
  await cut;
  expect(performance.now() - closedAtMs).toBeLessThan(3_000);
});

it('the close frame of a client is answered, and a client that leaves its side open is cut off', async () => {
  const cut = once(serverSide, 'close');
  client.send(opcodes.close, Buffer.from([0x03, 0xe8]));
  await cut;
  expect(last()).toEqual({ opcode: opcodes.close, code: 1000 });
});

it('a client is told which rule of the WebSocket its frame broke, and cut off', async () => {
  const cut = once(serverSide, 'close');
  const notMasked = Buffer.from([0x81, 0x01, 0x32]);
  client.write(notMasked);
  await cut;
  expect(last()).toEqual({ opcode: opcodes.close, code: 1002 });
});
