import type { IncomingMessage, Server as HttpServer } from 'node:http';

/**
 * With a listener for upgrades Node takes every request that offers one away from the routes: curl and Java offer HTTP/2,
 * and would wait until Engine.IO closes what is not for it. Such an offer may be overlooked (RFC 9110, 7.8), so only a
 * WebSocket at the address of sockets is one. Node has this as an option of `createServer`, which Nest calls.
 */
export function upgradeSocketsOnly(server: HttpServer): void {
  Object.assign(server, { shouldUpgradeCallback: isForSockets });
}

const isForSockets = ({ url, headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket' && (url?.startsWith('/socket.io/') ?? false);
