import { createServer } from 'node:net';

/**
 * Below the range from which Linux (32768 and up) and macOS (49152 and up) take the local ends of outgoing connections:
 * a part that is stopped and started again finds its port still free, whatever connected in between.
 */
const firstPort = 20_000;
const portCount = 12_000;
/** Ports one process may ask for before it runs into those of the process with the next id. */
const portsPerProcess = 97;

let next = (process.pid * portsPerProcess) % portCount;

/**
 * A TCP port of 127.0.0.1 that nothing listens on. Never the same twice from one process, and processes begin in
 * different places, so that tests in parallel don't take each other's port between asking and listening.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < portCount; tries++) {
    const port = firstPort + next;
    next = (next + 1) % portCount;
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${firstPort} and ${firstPort + portCount - 1}`);
}

/** Whether one could listen on this port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
