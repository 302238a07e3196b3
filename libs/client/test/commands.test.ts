import { ChatError, RoostConnection } from '@roost/client';
import type { ConnectionOptions } from '@roost/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ada, chatId, startServer } from './server.js';
import type { TestServer } from './server.js';

let server: TestServer;
let client: RoostConnection;

beforeEach(async () => {
  server = await startServer();
});

afterEach(async () => {
  client.close();
  await server.close();
});

async function connect(options: Partial<ConnectionOptions> = {}) {
  client = new RoostConnection({ url: server.url, token: 'token', ...options });
  await client.connect();
}

const message = (seq: number, text: string) => ({ id: 'e'.repeat(24), chatId, seq, sender: ada, type: 'text', text });

it('A1 a command resolves with the answer', async () => {
  server.answer('chat:join', (request, ack) => ack({ success: true, message: `Joined ${JSON.stringify(request)}` }));
  await connect();
  expect(await client.command('chat:join', { chatId })).toMatchObject({ message: `Joined {"chatId":"${chatId}"}` });
});

it('A8 a text that the server left out is what was sent, in NFC; one that it told is that', async () => {
  const { text: _, ...brief } = message(1, '');
  server.answer('message:send', (_request, ack) => ack({ success: true, message: brief }));
  server.answer('message:edit', (_request, ack) => ack({ success: true, message: message(1, 'another') }));
  await connect();
  const sent = await client.command('message:send', { chatId, text: 'cafe\u0301' });
  expect(sent.message).toEqual(message(1, 'caf\u00e9'));
  const edited = await client.command('message:edit', { messageId: brief.id, text: 'tea' });
  expect(edited.message.text).toBe('another');
});

it('A1 a refused command rejects with its code and its details', async () => {
  const details = [{ path: 'text', message: 'must not be empty' }];
  server.answer('message:send', (_, ack) =>
    ack({ success: false, code: 'request/invalid', error: 'No', retryable: false, details }),
  );
  await connect();
  const refused: unknown = await client.command('message:send', { chatId, text: ' ' }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ChatError);
  expect(refused).toMatchObject({ code: 'request/invalid', extras: { details }, retryable: false });
});

it('an answer that is none is an error, not a success', async () => {
  server.answer('chat:leave', (_, ack) => ack('ok'));
  await connect();
  await expect(client.command('chat:leave', { chatId })).rejects.toMatchObject({
    code: 'server/internal',
    cause: 'ok',
  });
});

it('M5 a send without an answer says which clientMessageId it had', async () => {
  await connect({ ackTimeoutMs: 50 });
  const lost = client.command('message:send', { chatId, text: 'Hello', clientMessageId: 'mine' });
  const error = { name: 'NoAnswer', request: 'message:send', reason: 'timeout', clientMessageId: 'mine' };
  await expect(lost).rejects.toMatchObject(error);
});

it('a command under way when the connection breaks rejects at once', async () => {
  server.answer('message:send', () => server.io.sockets.sockets.forEach((socket) => socket.conn.close()));
  await connect();
  const lost = client.command('message:send', { chatId, text: 'Hello', clientMessageId: 'mine' });
  await expect(lost).rejects.toMatchObject({ reason: 'disconnected', clientMessageId: 'mine' });
});

it('a command waits for a connection that is coming back', async () => {
  server.answer('chat:leave', (_, ack) => ack({ success: true, message: 'Left' }));
  await connect();
  const lost = new Promise<void>((resolve) => {
    const off = client.onState(({ name }) => {
      if (name === 'connecting') resolve();
      off();
    });
  });
  server.io.sockets.sockets.forEach((socket) => socket.conn.close());
  await lost;
  expect(await client.command('chat:leave', { chatId })).toMatchObject({ message: 'Left' });
});

it('a command of a stopped client rejects at once', async () => {
  // Longer than the test: waiting for the time-out would not do.
  await connect({ ackTimeoutMs: 600_000 });
  client.close();
  await expect(client.command('chat:leave', { chatId })).rejects.toMatchObject({
    name: 'NoAnswer',
    reason: 'disconnected',
  });
});

it('facts reach their listeners until these are taken back', async () => {
  await connect();
  const all: string[] = [];
  const some: string[] = [];
  client.on('message:new', ({ text }) => all.push(text));
  const off = client.on('message:new', ({ text }) => some.push(text));
  server.io.emit('message:new', message(1, 'one'));
  await client.next('message:new');
  off();
  server.io.emit('message:new', message(2, 'two'));
  const third = client.next('message:new', ({ seq }) => seq === 3);
  server.io.emit('message:new', message(3, 'three'));
  expect(await third).toMatchObject({ text: 'three' });
  expect(all).toEqual(['one', 'two', 'three']);
  expect(some).toEqual(['one']);
});

it('waiting for a fact that does not come ends', async () => {
  await connect();
  await expect(client.next('chat:created', undefined, 20)).rejects.toMatchObject({ request: 'chat:created' });
});
