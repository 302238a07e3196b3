import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

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
 * A TCP port of this machine's own addresses that nothing listens on. Never the same twice from one process, and processes begin in
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

/**
 * This machine's own addresses. `localhost` may be either, so whoever has a port has it on both: with a stranger on one of
 * them, one browser would meet us and another the stranger.
 */
export function loopbackAddresses(): string[] {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return ['127.0.0.1', ...(own.some(({ address }) => address === '::1') ? ['::1'] : [])];
}

/** Whether one could listen on this port now. */
export async function isFree(port: number): Promise<boolean> {
  return (await obstacleTo(port)) === undefined;
}

/** Why one could not listen on this port now, in words that go on from "port 80 …"; undefined where one could. */
export async function obstacleTo(port: number): Promise<string | undefined> {
  for (const address of loopbackAddresses()) {
    const code = await errorOfListening(port, address);
    if (code !== undefined) return inWords(code, address);
  }
  return undefined;
}

function errorOfListening(port: number, address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'unknown'));
    server.listen(port, address, () => server.close(() => resolve(undefined)));
  });
}

function inWords(code: string, address: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `is taken by another program (on ${address})`;
    case 'EACCES':
      return 'is not for this user: ports below 1024 need root';
    default:
      return `cannot be had (${code} on ${address})`;
  }
}
