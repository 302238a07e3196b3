import { ChatError, protocol } from '@roost/contract';
import type { Acknowledgement, CommandName, HintName, HintOf, ReplyOf, RequestInput } from '@roost/contract';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { isRefusal, NoAnswer, toChatError } from '../failures.js';
import type { Clock } from '../time.js';
import { socketAddress } from './address.js';
import { messageIdOf, notConnected, retireMaxMs } from './link.js';
import type { Link, LinkEnd, LinkEvents } from './link.js';
import type { ConnectionOptions } from './options.js';
import { SilenceWatch } from './silence-watch.js';
import type { SessionReady } from './state.js';

/** What only a socket tells. */
export interface SocketLinkEvents extends LinkEvents {
  /** A WebSocket was opened, or tried, and nothing came through; `ended` follows. */
  swallowed(): void;
  /** Long-polling came first, and WebSocket got through as well. */
  upgraded(): void;
}

/** Milliseconds from the first byte to `session:ready`; Socket.IO itself would wait for ever. */
const handshakeMaxMs = 15_000;
/**
 * Milliseconds for the first packet over a WebSocket. Some proxies swallow the upgrade, or answer it and pass nothing on; an
 * error would come by itself.
 */
const openMaxMs = 4_000;
/** What Socket.IO writes before the JSON of a command, at most. */
const headBytes = 16;

/** One socket from its handshake to its end. */
export class SocketLink implements Link {
  readonly isShared = false;
  private readonly socket: Socket;
  private readonly cancelHandshake: () => void;
  private readonly cancelOpening: () => void;
  /** From `session:ready` on: the handshake has a limit of its own. */
  private silence: SilenceWatch | undefined;
  private isSilent = false;
  private hangs = false;
  private isRetired = false;
  private underWay = 0;
  private maxFrameBytes = Infinity;

  constructor(
    { url, transports = ['websocket', 'polling'] }: ConnectionOptions,
    token: string,
    private readonly clock: Clock,
    private readonly events: SocketLinkEvents,
    pollingFirst: boolean,
  ) {
    const { origin, path } = socketAddress(url);
    const mayPoll = transports.includes('polling');
    this.socket = io(origin, {
      path,
      // Socket.IO shares one connection per address in a process; here one object is one connection.
      forceNew: true,
      reconnection: false,
      // Where WebSocket does not get through it is tried beside long-polling, and taken where it does.
      transports: pollingFirst && mayPoll ? [...transports].toSorted() : [...transports],
      tryAllTransports: true,
      withCredentials: true,
      auth: { token, protocol: protocol.max, moves: true, brief: true },
    });
    const { engine } = this.socket.io;
    engine.on('packet', () => {
      this.cancelOpening();
      this.hangs = false;
      this.silence?.heard();
    });
    engine.on('upgrade', () => events.upgraded());
    const isAtRisk = mayPoll && !pollingFirst && transports[0] === 'websocket';
    this.cancelOpening = isAtRisk ? clock.after(openMaxMs, () => this.wasSwallowed()) : () => {};
    this.cancelHandshake = clock.after(handshakeMaxMs, () => this.end('lost', new NoAnswer('connect', 'timeout')));
    this.socket.onAny((name: string, payload: unknown) => this.heard(name, payload));
    this.socket.on('connect_error', (error: Error & { data?: unknown }) => this.failed(error));
    this.socket.on('disconnect', (reason) => {
      // What was asked after the last ping had expired waits for this socket to connect again, which it never does.
      this.socket.sendBuffer.length = 0;
      this.end(reason === 'io server disconnect' ? 'dismissed' : 'lost', notConnected(new Error(reason)));
    });
  }

  get isHung(): boolean {
    return this.hangs;
  }

  probe(): void {
    this.silence?.probe();
  }

  command<K extends CommandName>(name: K, request: RequestInput<K>, timeoutMs: number): Promise<ReplyOf<K>> {
    // The server answers so up to a second bound, and ends whoever sends more.
    if (isLarger([name, request], this.maxFrameBytes - headBytes))
      return Promise.reject(new ChatError('request/too_large'));
    const clientMessageId = messageIdOf(request);
    this.underWay++;
    this.silence?.asked();
    return new Promise((resolve, reject) => {
      this.socket.timeout(timeoutMs).emit(name, request, (lost: Error | null, answer?: Acknowledgement<K>) => {
        this.underWay--;
        this.silence?.settled();
        if (lost) reject(new NoAnswer(name, this.socket.connected ? 'timeout' : 'disconnected', { clientMessageId }));
        else if (answer?.success === true) resolve(whole(answer, request));
        else reject(toChatError(answer));
        if (this.isRetired && this.underWay === 0) this.close();
      });
    });
  }

  hint<H extends HintName>(name: H, payload: HintOf<H>): void {
    this.socket.volatile.emit(name, payload);
  }

  retire(): void {
    this.isSilent = this.isRetired = true;
    if (this.underWay === 0 || this.hangs) this.close();
    else this.clock.after(retireMaxMs, () => this.close());
  }

  close(): void {
    this.isSilent = true;
    this.cancelHandshake();
    this.cancelOpening();
    this.silence?.stop();
    this.socket.disconnect();
  }

  private heard(name: string, payload: unknown): void {
    if (this.isSilent) return;
    if (name === 'session:ready') {
      this.cancelHandshake();
      this.maxFrameBytes = (payload as SessionReady).limits?.maxFrameBytes ?? Infinity;
      this.silence = new SilenceWatch(this.clock, {
        probe: () => this.socket.emit('session:probe', {}, () => {}),
        silent: () => this.fellSilent(),
      });
      this.events.ready(payload as SessionReady);
    }
    this.events.fact(name, payload);
  }

  private fellSilent(): void {
    this.hangs = true;
    if (!this.isSilent) this.events.hung();
  }

  private wasSwallowed(): void {
    if (this.isSilent) return;
    this.events.swallowed();
    this.end('lost', new NoAnswer('connect', 'timeout'));
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

/** With the text that was sent, where the server left it out: it stores it in NFC. */
function whole<Answer extends object>(answer: Answer, request: object): Answer {
  const { message } = answer as { readonly message?: { readonly text?: string } };
  const { text } = request as { readonly text?: string };
  if (!message || message.text !== undefined || text === undefined) return answer;
  return { ...answer, message: { ...message, text: text.normalize('NFC') } };
}

/** Whether it takes more bytes than that as JSON. */
const isLarger = (value: unknown, maxBytes: number): boolean =>
  new TextEncoder().encode(JSON.stringify(value)).length > maxBytes;
