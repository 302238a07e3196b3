import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
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
  close: () => Promise<void>;
}

/** A Socket.IO server that says its name on `whoami`; `/chats/cut…` reads the request and breaks the connection. */
export async function startToy(name: string, port?: number): Promise<Toy> {
  port ??= await freePort();
  const seen: string[] = [];
  const http = createServer((request, response) => {
    const { method, url, headers } = request;
    seen.push(`${method} ${url}`);
    if (url?.startsWith('/chats/cut')) {
      request.resume().on('end', () => request.socket.destroy());
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ replica: name, method, url, headers }));
  });
  const io = new Server(http);
  io.on('connection', (socket) => socket.on('whoami', (answer: (name: string) => void) => answer(name)));
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  return { name, port, seen, close: () => io.close() };
}
