import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FactOf } from '@roost/contract';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Broadcaster } from './broadcaster.js';
import type { ChatServer } from '../kernel/chat-socket.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { chatRoom, topicRoom, userRoom } from './rooms.js';

const people = ['ada', 'grace', 'linus'] as const;
type Person = (typeof people)[number];

/** Any fact will do: who gets it is what is tested. */
const fact = 'chat:deleted';
const payload: FactOf<typeof fact> = {
  chatId: 'a'.repeat(24),
  rev: 1,
  kind: 'chat:deleted',
  at: '2026-01-01T00:00:00.000Z',
  by: 'b'.repeat(24),
};

const http = createServer();
const server: ChatServer = new Server(http);
const broadcaster = new Broadcaster(new ClusterEvents());
const sockets = new Map<Person, Socket>();
let heard: Record<Person, number>;

beforeAll(async () => {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  broadcaster.attach(server);
  for (const person of people) sockets.set(person, await connected(person));
});
beforeEach(() => (heard = { ada: 0, grace: 0, linus: 0 }));
afterAll(async () => {
  for (const socket of sockets.values()) socket.disconnect();
  await server.close();
});

test('N3 to a user: every socket of theirs, nobody else', async () => {
  broadcaster.toUser('ada', fact, payload);
  expect(await heardBy()).toEqual({ ada: 1, grace: 0, linus: 0 });
});

test('N3 to several users, or to none', async () => {
  broadcaster.toUsers(['ada', 'linus'], fact, payload);
  expect(await heardBy()).toEqual({ ada: 1, grace: 0, linus: 1 });
  broadcaster.toUsers([], fact, payload);
  expect(await heardBy()).toEqual({ ada: 1, grace: 0, linus: 1 });
});

test('N3 to a chat: who is in it', async () => {
  server.in(userRoom('grace')).socketsJoin(chatRoom('chat'));
  broadcaster.toChat('chat', fact, payload);
  expect(await heardBy()).toEqual({ ada: 0, grace: 1, linus: 0 });
});

test('N3 to a chat and a user: once, also to who is both', async () => {
  server.in(userRoom('linus')).socketsJoin(chatRoom('both'));
  server.in(userRoom('ada')).socketsJoin(chatRoom('both'));
  broadcaster.toChatAndUser('both', 'ada', fact, payload);
  expect(await heardBy()).toEqual({ ada: 1, grace: 0, linus: 1 });
});

test('N3 to a topic: who subscribed', async () => {
  server.in(userRoom('linus')).socketsJoin(topicRoom('rates.eur'));
  broadcaster.toTopic('rates.eur', fact, payload);
  broadcaster.toTopic('rates.usd', fact, payload);
  expect(await heardBy()).toEqual({ ada: 0, grace: 0, linus: 1 });
});

test('N3 to everybody', async () => {
  broadcaster.toEverybody(fact, payload);
  expect(await heardBy()).toEqual({ ada: 1, grace: 1, linus: 1 });
});

test('N3 before there is a server it says so', () => {
  expect(() => new Broadcaster(new ClusterEvents()).toEverybody(fact, payload)).toThrow('not there yet');
});

async function connected(person: Person): Promise<Socket> {
  const arrived = new Promise<void>((resolve) => {
    server.once('connection', (socket) => {
      void socket.join(userRoom(person));
      resolve();
    });
  });
  const { port } = http.address() as AddressInfo;
  const socket = io(`http://127.0.0.1:${port}`, { forceNew: true, transports: ['websocket'] });
  socket.on(fact, () => heard[person]++);
  await arrived;
  return socket;
}

/** What each heard, once a marker that was sent to all of them afterwards has come. */
async function heardBy(): Promise<Record<Person, number>> {
  const marked = [...sockets.values()].map((socket) => new Promise<void>((resolve) => socket.once('marker', resolve)));
  (server as unknown as Server).emit('marker');
  await Promise.all(marked);
  return heard;
}
