import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatConnection } from '../src/generator/chat-connection.js';
import type { Answer } from '../src/generator/chat-connection.js';

const http = createServer();
const io = new Server(http);
const connections: ChatConnection[] = [];
let port: number;

/** Longer than one read of the load generator, so that a frame arrives in several. */
const longText = 'x'.repeat(600_000);

beforeAll(async () => {
  io.use((socket, next) => next(socket.handshake.auth['token'] === 'good' ? undefined : new Error('no token')));
  io.on('connection', (socket) => {
    socket.emit('session:ready', {});
    socket.on(
      'message:send',
      ({ chatId, text }: { chatId: string; text: string }, answer: (reply: unknown) => void) => {
        if (chatId === 'closed') return answer({ success: false, error: 'no', code: 'chat/access_denied' });
        const extra = chatId === 'long' ? longText : '';
        for (const seq of [7, 8, 9]) socket.emit('message:new', { id: 'a', chatId, seq, text: text + extra });
        answer({ success: true, message: { id: 'a', chatId, seq: 9 } });
      },
    );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  ({ port } = http.address() as AddressInfo);
});

afterAll(async () => {
  for (const connection of connections) connection.close();
  await io.close();
});

/** A connection, what it has heard so far, and a send that settles with its answer. */
function connect(token: string) {
  const chatIds = new Set<string>();
  const seqs: number[] = [];
  const sentAt: number[] = [];
  let answered: ((answer: Answer & { id: number }) => void) | undefined;
  const connection = new ChatConnection({
    port,
    auth: { token },
    onMessage: (chatId, seq, sentAtMs) => {
      chatIds.add(chatId);
      seqs.push(seq);
      sentAt.push(sentAtMs);
    },
    onAnswer: (id, answer) => answered?.({ id, ...answer }),
  });
  connections.push(connection);
  const send = (id: number, chatId: string, sentAtMs = 0) =>
    new Promise((resolve) => {
      answered = resolve;
      connection.send(id, chatId, 200, sentAtMs);
    });
  return { connection, chatIds, seqs, sentAt, send };
}

test('a message is read with its chat and place, and its answer found by its number', async () => {
  const { connection, chatIds, seqs, send } = connect('good');
  await connection.ready;
  expect(await send(4711, 'open')).toEqual({ id: 4711, seq: 9 });
  expect([...chatIds]).toEqual(['open']);
  expect(seqs).toEqual([7, 8, 9]);
});

test('a message carries the time of its sending where that is asked for', async () => {
  const { connection, sentAt, send } = connect('good');
  await connection.ready;
  connection.timed = true;
  await send(1, 'open', 1234.5678);
  expect(sentAt).toEqual([1234.568, 1234.568, 1234.568]);
});

test('frames that arrive in several reads are put together', async () => {
  const { connection, seqs, send } = connect('good');
  await connection.ready;
  await send(1, 'long');
  expect(seqs).toEqual([7, 8, 9]);
});

test('a refused send gives its code', async () => {
  const { connection, send } = connect('good');
  await connection.ready;
  expect(await send(1, 'closed')).toEqual({ id: 1, code: 'chat/access_denied' });
});

test('a refused connection says why', async () => {
  await expect(connect('bad').connection.ready).rejects.toThrow('no token');
});
