import type { Agent } from 'node:http';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';

/** What a client may put into a handshake, right or wrong. */
export interface Handshake {
  readonly auth?: Record<string, unknown>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly transports?: readonly ('websocket' | 'polling')[];
  readonly namespace?: string;
  /** How long-polling connects. */
  readonly agent?: Agent;
}

/** A refused handshake, as `connect_error` shows it. */
export interface HandshakeRefusal {
  readonly message: string;
  readonly data: unknown;
}

const answerMs = 20_000;

/** Socket.IO's own client without the SDK: for what the SDK would never send, and for what it would hide. */
export class BareSocket {
  /** Everything the server emitted, in order. */
  readonly heard: { readonly event: string; readonly args: readonly unknown[] }[] = [];
  readonly socket: Socket;
  /** Why the connection ended; settles when it does. */
  readonly closed: Promise<string>;

  private constructor(url: string, { auth, query, headers, transports, agent, namespace = '/' }: Handshake) {
    this.socket = io(new URL(namespace, url).href, {
      autoConnect: false,
      forceNew: true,
      reconnection: false,
      timeout: answerMs,
      transports: [...(transports ?? ['websocket'])],
      ...(auth && { auth }),
      ...(query && { query }),
      // Its type knows the agents of browsers only, which there are none of.
      ...(agent && { agent: agent as unknown as boolean }),
      ...(headers && { extraHeaders: headers }),
    });
    this.socket.onAny((event: string, ...args: unknown[]) => this.heard.push({ event, args }));
    this.closed = new Promise((resolve) => this.socket.on('disconnect', resolve));
  }

  /** Knocks once, and gives the socket that came of it or the refusal. */
  static knock(url: string, handshake: Handshake): Promise<BareSocket | HandshakeRefusal> {
    const bare = new BareSocket(url, handshake);
    return new Promise((resolve) => {
      bare.socket.on('connect', () => resolve(bare));
      bare.socket.on('connect_error', (error: Error & { data?: unknown }) => {
        bare.socket.disconnect();
        resolve({ message: error.message, data: error.data });
      });
      bare.socket.connect();
    });
  }

  /** Emits with a callback and gives what it is called with; rejects where it is not within 20 s. */
  ask(event: string, ...args: unknown[]): Promise<unknown> {
    return this.socket.timeout(answerMs).emitWithAck(event, ...args);
  }

  /** The first such event, also one that has come already. */
  async next(event: string): Promise<unknown> {
    const heard = this.heard.find((one) => one.event === event);
    if (heard) return heard.args[0];
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${event} within ${answerMs} ms`)), answerMs);
      this.socket.once(event, (payload: unknown) => {
        clearTimeout(timer);
        resolve(payload);
      });
    });
  }

  close(): void {
    this.socket.disconnect();
  }
}
