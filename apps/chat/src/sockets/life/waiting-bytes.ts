import type { ChatSocket } from '../../kernel/chat-socket.js';

/** What of Socket.IO's transport layer is looked at; it is public there but not in its types. */
interface Transport {
  /** The connection of a WebSocket transport; long-polling has none. */
  readonly socket?: { readonly bufferedAmount?: number; terminate?(): void };
}

interface Connection {
  readonly transport: Transport;
  writeBuffer: readonly { readonly data?: unknown }[];
}

/**
 * Bytes this process holds for a socket that its client has not taken: in the WebSocket, and queued before it. With
 * long-polling what is queued waits for the next poll. What the operating system holds beyond that is not seen.
 */
export function waitingBytes(socket: ChatSocket): number {
  const { transport, writeBuffer } = connectionOf(socket);
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += sizeOf(data);
  return bytes;
}

/** Throws away what waits for a socket, so that what is said next is not behind it. */
export function discardWaiting(socket: ChatSocket): void {
  connectionOf(socket).writeBuffer = [];
}

/** Ends a WebSocket without its closing handshake: that would wait behind everything else. */
export function terminate(socket: ChatSocket): void {
  connectionOf(socket).transport.socket?.terminate?.();
}

const connectionOf = (socket: ChatSocket) => socket.conn as unknown as Connection;

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return ArrayBuffer.isView(data) ? data.byteLength : 0;
}
