import { protocol } from '@roost/contract';
import type { FactOf, HandshakeAuth } from '@roost/contract';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import type { TokenSource } from './api.js';
import { ConnectionClosed, isRefusal, NoAnswer, toChatError } from './failures.js';
import { randomId } from './random-id.js';

/** The first fact on every connection: who it is, and on which replica. */
export type SessionReady = FactOf<'session:ready'>;

/**
 * `connecting`: at first, and again after a connection was lost (`cause` is the last failure, while it keeps trying);
 * `live`: the server's facts arrive; `stopped`: before `connect`, after `close`, and for good with a `reason`.
 */
export type ConnectionState =
  | { readonly name: 'stopped'; readonly reason?: Error }
  | { readonly name: 'connecting'; readonly cause?: Error }
  | { readonly name: 'live'; readonly session: SessionReady };

export interface ConnectionOptions {
  /** Where the cluster is, for example `https://chat.example.com`. */
  readonly url: string;
  readonly token: TokenSource;
  /** In the order to be tried. Default: WebSocket, then long-polling where WebSocket does not get through. */
  readonly transports?: readonly ('websocket' | 'polling')[];
  /** False: the first failure is final. Default true: lost connections and retryable refusals are tried again. */
  readonly reconnect?: boolean;
  /** Milliseconds until `connect` gives up and stops. Default 20,000. */
  readonly connectTimeoutMs?: number;
}

/** When the server says "try again" but not when. */
const retryDefaultMs = 1_000;

/** One connection that is kept: handshake, reconnecting, and what is final. Knows nothing of chats. */
export class Connection {
  /** Lives as long as this object, across reconnects: listeners stay where they are. */
  readonly socket: Socket;
  private current: ConnectionState = { name: 'stopped' };
  private readonly listeners = new Set<(state: ConnectionState) => void>();
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private handshakes = 0;
  private wantedBack = false;

  constructor(private readonly options: ConnectionOptions) {
    this.socket = io(new URL(options.url).origin, {
      autoConnect: false,
      // Socket.IO shares one connection per address in a process; here one object is one connection.
      forceNew: true,
      reconnection: options.reconnect ?? true,
      reconnectionDelay: 250,
      reconnectionDelayMax: 5_000,
      transports: [...(options.transports ?? ['websocket', 'polling'])],
      tryAllTransports: true,
      withCredentials: true,
      // Long-polling is many requests; the balancer sends those with the same `cid` to the same replica.
      query: { cid: randomId() },
      auth: (send: (auth: HandshakeAuth) => void) => void this.authenticate(send),
    });
    this.socket.on('session:ready', (session: SessionReady) => this.become({ name: 'live', session }));
    this.socket.on('session:closing', (closing: FactOf<'session:closing'>) => this.closing(closing));
    this.socket.on('connect_error', (error: Error & { data?: unknown }) => this.failed(error));
    this.socket.on('disconnect', (reason) => this.lost(reason));
  }

  get state(): ConnectionState {
    return this.current;
  }

  /** Tells of every new state from now on; gives the function that ends it. */
  onState(listener: (state: ConnectionState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  connect(): Promise<SessionReady> {
    if (this.current.name === 'live') return Promise.resolve(this.current.session);
    const live = this.untilLive();
    if (this.current.name === 'stopped') {
      this.become({ name: 'connecting' });
      this.socket.connect();
    }
    return live;
  }

  /** Stopped first, told afterwards: who hears of it may connect again at once. */
  stop(reason?: Error): void {
    this.handshakes++;
    clearTimeout(this.retryTimer);
    this.current = { name: 'stopped', reason };
    this.socket.disconnect();
    this.become(this.current);
  }

  private untilLive(): Promise<SessionReady> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        const cause = this.current.name === 'connecting' ? this.current.cause : undefined;
        this.stop(new NoAnswer('connect', 'timeout', { cause }));
      };
      const timer = setTimeout(giveUp, this.options.connectTimeoutMs ?? 20_000);
      const done = this.onState((state) => {
        if (state.name === 'connecting') return;
        clearTimeout(timer);
        done();
        if (state.name === 'live') resolve(state.session);
        else reject(state.reason ?? new NoAnswer('connect', 'disconnected'));
      });
    });
  }

  /** The token is asked for anew at every connect. Only the newest handshake may use its answer: two would be two sockets. */
  private async authenticate(send: (auth: HandshakeAuth) => void): Promise<void> {
    const handshake = ++this.handshakes;
    const { token } = this.options;
    try {
      const auth = { token: typeof token === 'string' ? token : await token(), protocol: protocol.max };
      if (handshake === this.handshakes) send(auth);
    } catch (error) {
      if (handshake !== this.handshakes) return;
      this.stop(error instanceof Error ? error : new Error('The token source failed', { cause: error }));
    }
  }

  /** `connect_error`: either nobody was reached, or the server refused the handshake. */
  private failed(error: Error & { data?: unknown }): void {
    if (this.current.name === 'stopped') return;
    const refusal = isRefusal(error.data) ? error.data : undefined;
    const cause = refusal ? toChatError(refusal) : new NoAnswer('connect', 'disconnected', { cause: error });
    if (this.options.reconnect === false) this.stop(cause);
    else if (refusal?.retryable) this.retry(refusal.retryAfterMs ?? retryDefaultMs, cause);
    else if (this.socket.active) this.become({ name: 'connecting', cause });
    else this.stop(cause);
  }

  /** Socket.IO does not come back by itself after a refusal or when the server closed the socket. */
  private retry(afterMs: number, cause: Error): void {
    this.become({ name: 'connecting', cause });
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => this.socket.connect(), afterMs);
  }

  private closing({ code, reconnect }: FactOf<'session:closing'>): void {
    this.wantedBack = reconnect;
    if (!reconnect) this.stop(new ConnectionClosed(code));
  }

  private lost(reason: Socket.DisconnectReason): void {
    const wantedBack = this.wantedBack;
    this.wantedBack = false;
    if (this.current.name === 'stopped') return;
    const cause = new NoAnswer('connect', 'disconnected', { cause: new Error(reason) });
    if (this.options.reconnect === false) this.stop(cause);
    else if (reason !== 'io server disconnect') this.become({ name: 'connecting', cause });
    else if (wantedBack) this.retry(retryDefaultMs, cause);
    else this.stop(new ConnectionClosed());
  }

  private become(state: ConnectionState): void {
    this.current = state;
    for (const listener of Array.from(this.listeners)) listener(state);
  }
}
