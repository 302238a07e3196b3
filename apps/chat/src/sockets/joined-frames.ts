import type { Writable } from 'node:stream';
import type { Server as Engine } from 'engine.io';
import { guardedListener } from '../kernel/boundary.js';
import { corkThisTurn } from '../kernel/cork.js';

/** What of Engine.IO's and ws's inside is reached for: the connection under a WebSocket. Long-polling has none. */
interface Connection {
  readonly transport: { readonly socket?: { readonly _socket?: Writable | null } };
}

/**
 * Frames that waited for a socket go out in one write to the system instead of one each: in a busy chat the writes are
 * half of what a delivery costs.
 */
export function joinFrames(engine: Engine): void {
  engine.on('flush', guardedListener('sockets', join));
}

function join({ transport }: Connection, packets: readonly unknown[]): void {
  const stream = transport.socket?._socket;
  if (stream && packets.length > 1) corkThisTurn(stream);
}
