import { protocol } from '@roost/contract';
import type { Acknowledgement, ChatError, CommandName, ReplyOf, RequestInput } from '@roost/contract';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { isRefusal, NoAnswer, toChatError } from '../failures.js';
import type { Clock } from '../time.js';
import type { ConnectionOptions } from './options.js';
import { SilenceWatch } from './silence-watch.js';
import type { SessionReady } from './state.js';

/** How a link ended. `dismissed`: the server closed the socket itself, which it does to clients it does not want. */
export type LinkEnd =
  | { readonly kind: 'refused'; readonly error: ChatError }
  | { readonly kind: 'lost'; readonly error: NoAnswer }
  | { readonly kind: 'dismissed'; readonly error: NoAnswer };

/** What a link tells. After `ended`, or after `retire` and `close`, it is silent. */
export interface LinkEvents {
  ready(session: SessionReady): void;
  /** Any event of the server, the first fact included. */
  fact(name: string, payload: unknown): void;
  /** Nothing is heard any more, though nobody closed the connection: another link should take over. */
  hung(): void;
  ended(end: LinkEnd): void;
}

/** Milliseconds from the first byte to `session:ready`; Socket.IO itself would wait for ever. */
const handshakeMaxMs = 15_000;
/** What commands on their way get to be answered when another link has taken over. */
const retireMaxMs = 5_000;

/** One socket from its handshake to its end. Never comes back: the next connection is a new link. */
export class Link {
  private readonly socket: Socket;
  private readonly cancelHandshake: () => void;
  /** From `session:ready` on: the handshake has a limit of its own. */
  private silence: SilenceWatch | undefined;
  private isSilent = false;
  private isHung = false;
  private isRetired = false;
  private underWay = 0;

  constructor(
    { url, transports = ['websocket', 'polling'] }: ConnectionOptions,
    token: string,
    private readonly clock: Clock,
    private readonly events: LinkEvents,
  ) {
    this.socket = io(new URL(url).origin, {
      // Socket.IO shares one connection per address in a process; here one object is one connection.
      forceNew: true,
      reconnection: false,
      transports: [...transports],
      tryAllTransports: true,
      withCredentials: true,
      auth: { token, protocol: protocol.max },
    });
    this.socket.io.engine.on('packet', () => {
      this.isHung = false;
      this.silence?.heard();
    });
    this.cancelHandshake = clock.after(handshakeMaxMs, () => this.end('lost', new NoAnswer('connect', 'timeout')));
    this.socket.onAny((name: string, payload: unknown) => this.heard(name, payload));
    this.socket.on('connect_error', (error: Error & { data?: unknown }) => this.failed(error));
    this.socket.on('disconnect', (reason) =>
      this.end(reason === 'io server disconnect' ? 'dismissed' : 'lost', notConnected(new Error(reason))),
    );
  }

  /** Rejects with `ChatError` when refused, with `NoAnswer` when no answer came. */
  command<K extends CommandName>(name: K, request: RequestInput<K>, timeoutMs: number): Promise<ReplyOf<K>> {
    const clientMessageId = 'clientMessageId' in request ? request.clientMessageId : undefined;
    this.underWay++;
    this.silence?.asked();
    return new Promise((resolve, reject) => {
      this.socket.timeout(timeoutMs).emit(name, request, (lost: Error | null, answer?: Acknowledgement<K>) => {
        this.underWay--;
        this.silence?.settled();
        if (lost) reject(new NoAnswer(name, this.socket.connected ? 'timeout' : 'disconnected', { clientMessageId }));
        else if (answer?.success === true) resolve(answer);
        else reject(toChatError(answer));
        if (this.isRetired && this.underWay === 0) this.close();
      });
    });
  }

  /**
   * Another link has taken over: no more facts; closed when the commands on their way are answered, or at once where that is
   * not to be expected.
   */
  retire(): void {
    this.isSilent = this.isRetired = true;
    if (this.underWay === 0 || this.isHung) this.close();
    else this.clock.after(retireMaxMs, () => this.close());
  }

  /** At once; commands on their way reject with `NoAnswer`. */
  close(): void {
    this.isSilent = true;
    this.cancelHandshake();
    this.silence?.stop();
    this.socket.disconnect();
  }

  private heard(name: string, payload: unknown): void {
    if (this.isSilent) return;
    if (name === 'session:ready') {
      this.cancelHandshake();
      this.silence = new SilenceWatch(this.clock, {
        probe: () => this.socket.emit('session:probe', {}, () => {}),
        silent: () => this.fellSilent(),
      });
      this.events.ready(payload as SessionReady);
    }
    this.events.fact(name, payload);
  }

  private fellSilent(): void {
    this.isHung = true;
    if (!this.isSilent) this.events.hung();
  }

  /** `connect_error`: either nobody was reached, or the server refused the handshake. */
  private failed(error: Error & { data?: unknown }): void {
    if (isRefusal(error.data)) this.end('refused', toChatError(error.data));
    else this.end('lost', notConnected(error));
  }

  private end(...[kind, error]: ['refused', ChatError] | ['lost' | 'dismissed', NoAnswer]): void {
    if (this.isSilent) return;
    this.close();
    this.events.ended({ kind, error } as LinkEnd);
  }
}

const notConnected = (cause: Error) => new NoAnswer('connect', 'disconnected', { cause });
