import type { Server as HttpServer } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { guardedListener } from '../../kernel/boundary.js';

/**
 * A connection that asks for an upgrade belongs to nobody for a while: Node has let go of it, and Engine.IO waits a second
 * before it closes what is not for it. Cut off by its client meanwhile it has an error that nobody listens to, which would
 * end the process. Everybody else who has to do with a connection listens for themselves, and hears of its end.
 */
export function outliveCutConnections(http: HttpServer): void {
  http.on(
    'connection',
    guardedListener('connection', (socket: TcpSocket) => socket.on('error', ignore)),
  );
}

const ignore = (): void => undefined;
