import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Connection, endWritesWithTheirSocket } from './driver-writes.js';
import type { DriverConnection } from './driver-writes.js';

const { writeCommand } = Connection.prototype;
const sockets: Socket[] = [];
let server: Server;

beforeAll(async () => {
  endWritesWithTheirSocket();
  // It reads nothing.
  server = createServer((socket) => void sockets.push(socket.pause()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  Connection.prototype.writeCommand = writeCommand;
  for (const socket of sockets) socket.destroy();
  server.close();
});

async function connected() {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  await new Promise((resolve) => socket.once('connect', resolve));
  const Driver = Connection as unknown as new (
    socket: Socket,
    options: object,
  ) => DriverConnection & {
    command(ns: object, command: object): Promise<unknown>;
  };
  const connection = new Driver(socket, { id: 1, hostAddress: 'here' });
  return {
    socket,
    ask: (command: object) => connection.command({ db: 'admin', toString: () => 'admin.$cmd' }, command),
  };
}

it('a command for a socket that was destroyed a moment ago fails', async () => {
  const { socket, ask } = await connected();
  socket.destroy();
  await expect(ask({ hello: 1 })).rejects.toMatchObject({ name: 'MongoNetworkError' });
});

it('a command that a socket has not taken when it is destroyed fails', async () => {
  const { socket, ask } = await connected();
  const asked = ask({ hello: 1, much: 'x'.repeat(8_000_000) });
  await new Promise((resolve) => setImmediate(resolve));
  expect(socket.writableNeedDrain).toBe(true);
  socket.destroy();
  await expect(asked).rejects.toMatchObject({ name: 'MongoNetworkError' });
});
