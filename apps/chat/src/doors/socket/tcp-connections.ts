import type { IncomingMessage, Server as HttpServer } from 'node:http';
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

/**
 * Other upgrades are offers that a server may pass over (RFC 9110, 7.8), such as that of HTTP/2 which some clients make with every
 * request: they are answered as what they ask for. Handed over like a WebSocket, a connection on which something was answered
 * before would stay open for ever, for then Engine.IO leaves it alone.
 */
export function upgradeOnlyToWebSockets(http: HttpServer, path: string): void {
  const shouldUpgradeCallback = ({ url, headers }: IncomingMessage) =>
    headers.upgrade?.toLowerCase() === 'websocket' && url?.startsWith(`${path}/`) === true;
  // An option of Node's server that can be set before it is made only, and Nest makes it.
  Object.assign(http, { shouldUpgradeCallback });
}

const ignore = (): void => undefined;
