import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { freePort } from '@roost/local-cluster';

/** A TCP connection between two parts that a test can cut. */
export interface Link {
  readonly port: number;
  /** Breaks every connection and refuses new ones, as a stopped server does. */
  cut(): Promise<void>;
  /** Takes connections again, on the same port. */
  mend(): Promise<void>;
}

/** Listens on 127.0.0.1 and passes everything on to `host:port`. */
export async function startLink({ host, port }: { host: string; port: number }): Promise<Link> {
  const ownPort = await freePort();
  const open = new Set<Socket>();
  let server: Server | undefined;

  const pass = (client: Socket) => {
    const target = connect(port, host);
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy()); // either end may go at any time: that is what this is for
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  };

  const mend = async () => {
    if (server) return;
    server = createServer({ noDelay: true }, pass);
    await new Promise<void>((resolve) => server?.listen(ownPort, '127.0.0.1', resolve));
  };

  const cut = async () => {
    const closing = server;
    server = undefined;
    if (!closing) return;
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
    for (const socket of open) socket.destroy();
    await closed;
  };

  await mend();
  return { port: ownPort, cut, mend };
}
