import type { Writable } from 'node:stream';
import type { Server as Engine } from 'engine.io';

/** Of an Engine.IO connection, what is not in its types or is read-only there. */
interface Connection {
  readonly transport: { writable: boolean; readonly socket?: { readonly _socket: Writable | null } };
}

/**
 * One write per turn of the event loop and socket: the TCP connection is corked at its first frame and let go in
 * `setImmediate`. This and nothing else, on a server of which nothing else is asked.
 */
export function oneWriteATurn(engine: Engine): void {
  engine.on('flush', ({ transport }: Connection) => {
    const stream = transport.socket?._socket;
    if (!stream || stream.writableCorked > 0 || stream.writableLength > 0) return;
    stream.cork();
    setImmediate(() => stream.uncork());
  });
  // Engine.IO would hold the second frame back until the first is with the system.
  engine.on('drain', ({ transport }: Connection) => {
    if (transport.socket?._socket?.writableCorked) transport.writable = true;
  });
}
