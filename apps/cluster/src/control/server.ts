import { rmSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Say } from '../progress.js';
import { type Answer, type Request, parseLine, requestShape } from './messages.js';

/** Does what was asked and tells about it meanwhile. Gives whether all went well; rejects where it could not be done. */
export type Perform = (request: Request, tell: Say) => Promise<boolean>;

/**
 * Listens for `npm run cluster`. Only for whoever holds the lock of the data folder: a socket that lies there already was
 * left by a cluster that was killed, and is removed.
 *
 * @returns closes it and cuts whoever still waits; the file is gone then
 */
export async function openControl(path: string, perform: Perform): Promise<() => void> {
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, perform);
  });
  await listenPrivately(server, path);
  return () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
}

/** The mask is there before the file is, so there is no moment in which somebody else could connect. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  const mask = process.umask(0o177);
  server.listen(path, resolve);
  process.umask(mask);
  await promise;
}

/** One request a connection. Who asked may leave before the end: what was begun goes on, for half done is worse. */
function serve(socket: Socket, perform: Perform): void {
  const answer = (message: Answer): boolean => socket.writable && socket.write(`${JSON.stringify(message)}\n`);
  const tell: Say = (text) => {
    answer({ kind: 'line', text });
  };
  socket.on('error', () => socket.destroy()); // the other side has left
  const end = (done: boolean): void => {
    answer({ kind: 'end', done });
    socket.end();
  };
  createInterface({ input: socket }).once('line', (line) => {
    outcomeOf(line, perform, tell).then(end, () => socket.destroy());
  });
}

async function outcomeOf(line: string, perform: Perform, tell: Say): Promise<boolean> {
  const request = parseLine(requestShape, line);
  if (!request) {
    tell('the running cluster does not know this command: it was started from another build');
    return false;
  }
  try {
    return await perform(request, tell);
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
    return false;
  }
}
