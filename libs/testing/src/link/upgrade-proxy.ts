import { createHash } from 'node:crypto';
import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { listen } from '../listen.js';

/** What a proxy does with WebSockets: answers nothing, or agrees and then passes nothing on. */
export type UpgradeTrouble = 'swallows' | 'mutes';

/** A proxy that knows HTTP, as there are in offices and trains: requests pass, upgrades do not. */
export async function startUpgradeProxy(target: string, trouble?: UpgradeTrouble) {
  const held = new Set<Duplex>();
  const server = createServer((request, response) => pass(target, request, response));
  /** Every request that came, as `GET /path`. */
  const seen: string[] = [];
  const state = { trouble };
  server.on('request', ({ method, url }) => seen.push(`${method} ${url}`));
  server.on('upgrade', (request, socket, head) => {
    held.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => held.delete(socket));
    if (state.trouble === 'mutes') agree(request, socket);
    else if (!state.trouble) passUpgrade(target, request, socket, head);
  });
  return {
    url: await listen(server),
    seen,
    /** What becomes of upgrades from now on. */
    trouble(next: UpgradeTrouble) {
      state.trouble = next;
    },
    /** From now on upgrades pass: another network. */
    heal() {
      state.trouble = undefined;
    },
    async close() {
      for (const socket of held) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function options(target: string, { method, headers, url = '/' }: IncomingMessage) {
  const { hostname, port } = new URL(target);
  return { hostname, port, method, headers, path: url };
}

function pass(target: string, request: IncomingMessage, response: ServerResponse): void {
  const passed = ask(options(target, request), (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on('error', () => response.destroy());
  response.on('close', () => passed.destroy());
  request.pipe(passed);
}

function passUpgrade(target: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const passed = ask(options(target, request));
  passed.on('error', () => socket.destroy());
  passed.on('upgrade', (answer, other, first) => {
    const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.write(first);
    other.write(head);
    other.on('error', () => socket.destroy());
    socket.on('close', () => other.destroy());
    other.pipe(socket).pipe(other);
  });
  passed.end();
}

/** Agrees, as RFC 6455 says, section 4.2.2. */
function agree({ headers }: IncomingMessage, socket: Duplex): void {
  const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: Upgrade'];
  socket.write(`${[...lines, `sec-websocket-accept: ${accept}`].join('\r\n')}\r\n\r\n`);
  socket.resume();
}
