import type { IncomingMessage, ServerResponse } from 'node:http';
import { ChatError } from '@roost/contract';
import type { Server as Engine } from 'engine.io';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { guardedListener } from '../../kernel/boundary.js';
import { metrics } from '../metrics.js';
import { queryOf } from '../../sockets/engine.js';

const { success: _, ...refusal } = new ChatError('protocol/unsupported').toRefusal('socket');

/**
 * What makes a Socket.IO client of version 2 (Engine.IO 3) give up: a connection that opens, an error that says why, and
 * the packet by which a server disconnects. Refused otherwise, in the words of Engine.IO 4, it tries again for ever.
 */
const farewell = [
  `0${JSON.stringify({ sid: 'unsupported', upgrades: [], pingInterval: 25_000, pingTimeout: 20_000 })}`,
  `44${JSON.stringify(refusal)}`,
  '41',
];

/** A payload of Engine.IO 3: each packet with its length before it. */
const payload = farewell.map((packet) => `${packet.length}:${packet}`).join('');

/** A client that does not close its side is cut off. */
const closingMs = 1_000;

/** Answers clients that speak Engine.IO 3 so that they stop. Nothing that they send is read. */
export function turnAwayOldClients(engine: Engine): void {
  const sockets = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: 1 });
  const answer = (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const { EIO, sid } = queryOf(request);
    if (EIO === '4' || sid !== undefined) return next();
    const isWebSocket = request.headers.upgrade !== undefined;
    metrics.connectionsTurnedAwayTotal.inc({ reason: 'old_client' });
    // Engine.IO would write its refusal of any other version, an HTTP answer, into the WebSocket that it has just opened.
    if (!isWebSocket && EIO !== '3') return next();
    if (!isWebSocket) return response.setHeader('Content-Type', 'text/plain').end(payload);
    return sockets.handleUpgrade(request, request.socket, Buffer.alloc(0), sayFarewell);
  };
  engine.use(guardedListener('old clients', answer));
}

function sayFarewell(socket: WebSocket): void {
  const terminate = guardedListener('old clients', () => socket.terminate());
  socket.on('error', terminate);
  for (const packet of farewell) socket.send(packet);
  socket.close();
  setTimeout(terminate, closingMs).unref();
}
