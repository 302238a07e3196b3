import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from 'socket.io';
import { freePort } from '../../src/index.js';

/**
 * A folder of its own for one test file, and how to remove it. Its name holds what configurations, shells and addresses may
 * read as something else.
 */
export function temporaryFolder(): { dir: string; remove: () => void } {
  const outer = mkdtempSync(join(tmpdir(), 'roost-parts-'));
  const dir = join(outer, `it's "here" $uri {1}; #2 ü%20`);
  mkdirSync(dir);
  return { dir, remove: () => rmSync(outer, { recursive: true, force: true }) };
}

/** What a toy replica answers to every HTTP request: its name and what reached it. */
export interface Echo {
  replica: string;
  method: string;
  url: string;
  headers: Record<string, string>;
}

export interface Toy {
  name: string;
  port: number;
  /** Requests that reached it, Socket.IO's own left out. */
  seen: string[];
  /** Whether it lets somebody new come, as nginx is told. */
  takesNew: boolean;
  close: () => Promise<void>;
}

/**
 * A Socket.IO server that says its name on `whoami`, and nginx where a session is: its port is in the id. `/chats/cut…` reads
 * the request and breaks the connection.
 */
export async function startToy(name: string, port?: number): Promise<Toy> {
  port ??= await freePort();
  const seen: string[] = [];
  const toy: Toy = { name, port, seen, takesNew: true, close: () => io.close() };
  const http = createServer((request, response) => {
    const { method, url, headers } = request;
    if (url === '/alive') return sayAlive(toy, headers, response);
    seen.push(`${method} ${url}`);
    if (url?.startsWith('/chats/cut')) {
      request.resume().on('end', () => request.socket.destroy());
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ replica: name, method, url, headers }));
  });
  const io = new Server(http);
  io.engine.generateId = () => `${randomUUID()}.${port}`;
  io.on('connection', (socket) => socket.on('whoami', (answer: (name: string) => void) => answer(name)));
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return toy;
}

/** As a replica does it (apps/chat/src/doors/socket/alive-answer.ts). */
function sayAlive({ port, takesNew }: Toy, headers: IncomingHttpHeaders, response: ServerResponse): void {
  const session = String(headers['x-session'] ?? '');
  const owner = session.split('.')[1];
  if (owner !== undefined && owner !== String(port)) {
    response.setHeader('x-accel-redirect', `/alive/at/127.0.0.1:${owner}`);
  }
  response.writeHead(session === 'new' && !takesNew ? 403 : 204).end();
}
