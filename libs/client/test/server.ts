import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { HandshakeAuth } from '@roost/contract';
import { listen } from '@roost/testing';
import { Server } from 'socket.io';
import type { Socket } from 'socket.io';

/** A handshake as the server saw it. */
export interface Knock {
  readonly auth: HandshakeAuth;
  readonly transport: string;
  readonly at: number;
}

/** A refusal as it travels; the code may be one that this client does not know. */
export interface Refused {
  readonly code: string;
  readonly error: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}

export const ada = { id: 'a'.repeat(24), displayName: 'Ada' };
export const chatId = 'c'.repeat(24);

export const session = {
  userId: ada.id,
  sessionId: '5'.repeat(24),
  replica: 'chat-1',
  protocol: 1,
  serverTime: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T01:00:00.000Z',
};

/** A real Socket.IO server with just enough behaviour to meet the SDK. */
export async function startServer(answerRest: RequestListener = (_, response) => response.writeHead(404).end()) {
  const http = createServer(answerRest);
  const io = new Server(http);
  const knocks: Knock[] = [];
  /** Taken from the front, one for each handshake; none left means welcome. */
  const refusals: Refused[] = [];
  io.use((socket, next) => {
    const { auth } = socket.handshake;
    const transport = socket.conn.transport.name;
    knocks.push({ auth: { ...auth, token: String(auth.token) }, transport, at: Date.now() });
    const refusal = refusals.shift();
    next(refusal && Object.assign(new Error(refusal.error), { data: refusal }));
  });
  let probes = 0;
  io.on('connection', (socket) => {
    socket.on('session:probe', (_, ack: (answer: unknown) => void) => {
      probes++;
      ack({ success: true });
    });
    socket.emit('session:ready', session);
  });
  return {
    url: await listen(http),
    io,
    knocks,
    refusals,
    /** How often a client asked whether somebody is there. */
    get probes() {
      return probes;
    },
    /** Answers a command on every socket from now on. */
    answer(command: string, handler: (this: void, request: unknown, ack: (answer: unknown) => void) => void) {
      io.on('connection', (socket: Socket) => socket.on(command, handler));
    },
    async close() {
      http.closeAllConnections();
      await io.close();
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof startServer>>;
