import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Writable } from 'node:stream';
import { Server } from 'socket.io';
import type { Socket } from 'socket.io';
import { afterEach, expect, test, vi } from 'vitest';
import { patienceMs } from '../../../test/support/patience.js';
import { oneWriteATurn } from '../src/cork.js';
import { ChatConnection } from '../src/generator/chat-connection.js';

const messages = 20;
let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

/** How often a server writes to the system for messages of one turn to one socket. */
async function writesOf(prepare: (io: Server) => void): Promise<number> {
  const io = new Server(createServer());
  prepare(io);
  const http = io.httpServer.listen(0, '127.0.0.1');
  const joined = new Promise<Socket>((resolve) => io.once('connection', resolve));
  await new Promise((resolve) => http.once('listening', resolve));
  const heard: number[] = [];
  const connection = new ChatConnection({
    port: (http.address() as AddressInfo).port,
    auth: {},
    onMessage: (_, seq) => heard.push(seq),
    onAnswer: () => undefined,
  });
  close = async () => {
    connection.close();
    await io.close();
  };
  const socket = await joined;
  socket.emit('session:ready', {});
  await connection.ready;
  const { transport } = socket.conn as unknown as { transport: { socket: { _socket: Required<Writable> } } };
  const calls = [vi.spyOn(transport.socket._socket, '_write'), vi.spyOn(transport.socket._socket, '_writev')];
  const seqs = Array.from({ length: messages }, (_, seq) => seq);
  for (const seq of seqs) socket.emit('message:new', { chatId: 'a', seq });
  await vi.waitUntil(() => heard.length === messages, patienceMs);
  expect(heard).toEqual(seqs);
  return calls.reduce((count, { mock }) => count + mock.calls.length, 0);
}

test('the corked bare server makes one write of what a turn sends to a socket, the plain one several', async () => {
  expect(await writesOf(({ engine }) => oneWriteATurn(engine))).toBe(1);
  await close?.();
  expect(await writesOf(() => undefined)).toBeGreaterThan(1);
});
