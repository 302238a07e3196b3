import type { Acknowledgement, CommandName, FactName, FactOf, ReplyOf, RequestInput } from '@roost/contract';
import { Connection } from './connection.js';
import type { ConnectionOptions, ConnectionState, SessionReady } from './connection.js';
import { NoAnswer, toChatError } from './failures.js';
import { randomId } from './random-id.js';

export interface RoostClientOptions extends ConnectionOptions {
  /** Milliseconds until a command counts as unanswered. Default 10,000. */
  readonly ackTimeoutMs?: number;
}

/** What a message may have beside its chat and its text. */
export type SendOptions = Omit<RequestInput<'message:send'>, 'chatId' | 'text'>;

/** The live side of the cluster: commands, and the facts that come of them, on one connection that is kept. */
export class RoostClient {
  private readonly connection: Connection;
  private readonly ackTimeoutMs: number;

  constructor(options: RoostClientOptions) {
    this.connection = new Connection(options);
    this.ackTimeoutMs = options.ackTimeoutMs ?? 10_000;
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  /** Tells of every new state from now on; gives the function that ends it. */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.connection.onState(listener);
  }

  /**
   * Connects and stays connected. Gives the session once the server's facts arrive; rejects with `ChatError` when the
   * handshake is refused for good, with `NoAnswer` when nobody was reached in time. After either it is stopped, and
   * `connect` may be called again.
   */
  connect(): Promise<SessionReady> {
    return this.connection.connect();
  }

  /** Disconnects for good; commands that were under way reject with `NoAnswer`. */
  close(): void {
    this.connection.stop();
  }

  /** Calls `listener` for every such fact, across reconnects; gives the function that ends it. */
  on<F extends FactName>(fact: F, listener: (payload: FactOf<F>) => void): () => void {
    const { socket } = this.connection;
    socket.on<string>(fact, listener);
    return () => void socket.off<string>(fact, listener);
  }

  /** The next such fact that `matches`; `NoAnswer` when there is none within `timeoutMs` (default 10,000). */
  next<F extends FactName>(
    fact: F,
    matches: (payload: FactOf<F>) => boolean = () => true,
    timeoutMs = 10_000,
  ): Promise<FactOf<F>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        off();
        reject(new NoAnswer(fact, 'timeout'));
      }, timeoutMs);
      const off = this.on(fact, (payload) => {
        if (!matches(payload)) return;
        clearTimeout(timer);
        off();
        resolve(payload);
      });
    });
  }

  /** Opens a chat on this connection: its hints come from now on. Facts come to every member without it. */
  join(chatId: string): Promise<ReplyOf<'chat:join'>> {
    return this.command('chat:join', { chatId });
  }

  leave(chatId: string): Promise<ReplyOf<'chat:leave'>> {
    return this.command('chat:leave', { chatId });
  }

  /**
   * Sends a message; it is stored when this resolves. On `NoAnswer` send it again with the error's `clientMessageId`:
   * it is stored once, and the reply then has `duplicate: true` if the first attempt had arrived.
   */
  send(chatId: string, text: string, options: SendOptions = {}): Promise<ReplyOf<'message:send'>> {
    const clientMessageId = options.clientMessageId ?? randomId();
    return this.command('message:send', { ...options, chatId, text, clientMessageId });
  }

  /**
   * Any command of the contract. Rejects with `ChatError` when the server refuses and with `NoAnswer` when no answer
   * came. While a lost connection is being restored the command waits, as long as its time-out allows.
   */
  command<K extends CommandName>(
    name: K,
    request: RequestInput<K>,
    timeoutMs: number = this.ackTimeoutMs,
  ): Promise<ReplyOf<K>> {
    const { socket, state } = this.connection;
    const clientMessageId = 'clientMessageId' in request ? request.clientMessageId : undefined;
    return new Promise((resolve, reject) => {
      if (state.name === 'stopped') return reject(new NoAnswer(name, 'disconnected', { clientMessageId }));
      socket.timeout(timeoutMs).emit(name, request, (lost: Error | null, answer?: Acknowledgement<K>) => {
        if (lost) reject(new NoAnswer(name, socket.connected ? 'timeout' : 'disconnected', { clientMessageId }));
        else if (answer?.success === true) resolve(answer);
        else reject(toChatError(answer));
      });
    });
  }
}
