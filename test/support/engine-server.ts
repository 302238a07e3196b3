import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import type { ChatServer } from '../../apps/chat/src/kernel/chat-socket.js';
import { closeByEnding, joinWrites } from '../../apps/chat/src/sockets/engine.js';

/** A server of Socket.IO as a replica's is below its rules. */
export async function startEngineServer(): Promise<{ readonly server: ChatServer; readonly port: number }> {
  const http = createServer();
  const server: ChatServer = new Server(http);
  joinWrites(server.engine);
  closeByEnding(server.engine);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return { server, port: (http.address() as AddressInfo).port };
}
