import type { CommandName, FactName, FactOf, Position, ReplyOf, RequestInput } from '@roost/contract';
import { inBackground } from './background.js';
import { ChatStore } from './chats/chat-store.js';
import { GapWatch } from './chats/gap-watch.js';
import { Syncer } from './chats/syncer.js';
import { RoostConnection } from './connection/connection.js';
import type { ConnectionOptions } from './connection/options.js';
import type { ConnectionState, SessionReady } from './connection/state.js';
import { isRetryable } from './failures.js';
import { MemoryDrafts } from './outbox/memory-drafts.js';
import type { DraftStore, SendOptions } from './outbox/draft.js';
import type { Sent } from './outbox/entry.js';
import { Outbox } from './outbox/outbox.js';
import { realWorld } from './time.js';
import type { Surroundings } from './time.js';

export interface RoostClientOptions extends ConnectionOptions {
  /** Where messages wait until they are sent. Default: in memory. One store for each person. */
  readonly drafts?: DraftStore;
  /** Messages that are kept of each chat, beside older ones that were asked for. Default 200. */
  readonly messagesPerChat?: number;
}

/**
 * A person's chats, kept up to date, and their messages, sent for certain: one connection, an outbox, and the state of
 * every chat. Whatever happens to connections and replicas, a message is stored once and nothing is missing in the end.
 */
export class RoostClient {
  /** The chats as they are. */
  readonly chats: ChatStore;
  /** One's own messages that are not confirmed yet. */
  readonly outbox: Outbox;
  private readonly connection: RoostConnection;
  private readonly syncer: Syncer;
  private readonly gaps: GapWatch;
  /** Chats that were joined and not left: joined again on every new connection. */
  private readonly open = new Set<string>();
  private polling = new AbortController();
  /** Whether this server tells heads every few seconds while it is degraded. */
  private tellsHeads = false;

  constructor(options: RoostClientOptions, surroundings: Surroundings = realWorld) {
    const { clock } = surroundings;
    this.connection = new RoostConnection(options, (session, signal) => this.catchUp(session, signal), surroundings);
    this.outbox = new Outbox(
      options.drafts ?? new MemoryDrafts(),
      {
        isOnline: () => this.connection.session !== undefined,
        send: ({ request }) => this.connection.command('message:send', request),
        stored: (draft, message) => this.chats.confirmed(draft, message),
      },
      surroundings,
    );
    this.chats = new ChatStore(
      {
        pending: (chatId) => this.outbox.pending(chatId),
        ownMessage: (message) => this.outbox.confirm(message),
        behind: (chatId, isBehind) => this.gaps.note(chatId, isBehind),
        history: (chatId, before, limit) => this.command('message:list', { chatId, before, limit }),
      },
      options.messagesPerChat ?? 200,
    );
    this.gaps = new GapWatch(clock, (chatIds) => inBackground(this.repair(chatIds)));
    const ask = (chats: Readonly<Record<string, Position>>, includeNew: boolean) =>
      this.command('sync', { chats, includeNew });
    this.syncer = new Syncer(this.chats, ask, surroundings);
    this.listen();
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  /** Who is connected, and to which replica; undefined while there is no connection. */
  get session(): SessionReady | undefined {
    return this.connection.session;
  }

  /** Tells of every new state from now on; gives the function that ends it. */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.connection.onState(listener);
  }

  /**
   * Connects and stays connected. Resolves when the chats are up to date; rejects with `ChatError` when the handshake is
   * refused for good, with `NoAnswer` when nobody was reached in time, and where the store of drafts cannot be read.
   * After any of these it has ended, and `connect` may be called again.
   */
  async connect(): Promise<SessionReady> {
    const connected = this.connection.connect();
    try {
      await this.outbox.restore();
    } catch (error) {
      connected.catch(() => undefined);
      this.close();
      throw error;
    }
    return connected;
  }

  /** Disconnects for good; whoever waits for an answer gets `NoAnswer`. Unsent messages stay in their store. */
  close(): void {
    this.connection.close();
  }

  /**
   * The person leaves this device: disconnects for good and throws unsent messages away, for the next person must not find
   * them. The session lives on: `Session.signOut` ends that.
   */
  async signOut(): Promise<void> {
    this.connection.signOut();
    await this.outbox.clear();
  }

  /**
   * Sends a message, now or when there is a connection, again and again with the same `clientMessageId` until it is stored;
   * the messages of a chat are stored in this order. Until then it is in `chats` as pending. Resolves when it is stored.
   * Rejects with `ChatError` when refused for good: then it stays as `failed`, until `outbox.retry` or `outbox.discard`.
   */
  send(chatId: string, text: string, options: SendOptions = {}): Promise<Sent> {
    return this.outbox.add(chatId, text, options);
  }

  /** Opens a chat, on later connections as well. Facts come to every member without it. */
  async join(chatId: string): Promise<ReplyOf<'chat:join'>> {
    const since = this.chats.positions([chatId])[chatId];
    const reply = await this.command('chat:join', { chatId, ...(since && { since }) });
    this.open.add(chatId);
    if (reply.sync) this.chats.synced(chatId, reply.sync, since);
    else this.chats.learn(reply.chat);
    return reply;
  }

  leave(chatId: string): Promise<ReplyOf<'chat:leave'>> {
    this.open.delete(chatId);
    return this.command('chat:leave', { chatId });
  }

  /** Chats that were active longest ago, 100 more at a time; says whether there may be still more. */
  async loadMoreChats(): Promise<boolean> {
    return this.syncer.loadMore();
  }

  /**
   * Any command of the contract, once. Rejects with `ChatError` when the server refuses and with `NoAnswer` when no
   * answer came. While a connection is being made the command waits, as long as its time-out allows.
   */
  command<K extends CommandName>(name: K, request: RequestInput<K>, timeoutMs?: number): Promise<ReplyOf<K>> {
    return this.connection.command(name, request, timeoutMs);
  }

  /** Calls `listener` for every such fact as it comes, which may be twice or out of order; `chats` puts that right. */
  on<F extends FactName>(fact: F, listener: (payload: FactOf<F>) => void): () => void {
    return this.connection.on(fact, listener);
  }

  /** The next such fact that `matches`; `NoAnswer` when there is none within `timeoutMs` (default 10,000). */
  next<F extends FactName>(fact: F, matches?: (payload: FactOf<F>) => boolean, timeoutMs?: number): Promise<FactOf<F>> {
    return this.connection.next(fact, matches, timeoutMs);
  }

  private listen(): void {
    this.connection.onAny((name, payload) => this.chats.hear(name, payload));
    this.connection.on('message:new', () => this.outbox.hasten());
    this.connection.on('server:degraded', ({ headsMs }) => {
      this.tellsHeads = headsMs !== undefined;
    });
    this.connection.on('store:recovered', () => this.outbox.storeRecovered());
    this.outbox.onChange((chatId) => this.chats.draftsChanged(chatId));
    this.connection.onState((state) => this.stateChanged(state));
  }

  private stateChanged(state: ConnectionState): void {
    this.polling.abort();
    switch (state.name) {
      case 'connecting':
        this.gaps.stop();
        return;
      case 'catchingUp':
        this.outbox.wake();
        return;
      case 'degraded':
        this.polling = new AbortController();
        inBackground(this.syncer.poll(this.polling.signal, () => this.tellsHeads));
        return;
      case 'live':
        return;
      case 'stopped':
      case 'signedOut':
        this.gaps.stop();
        this.outbox.release();
    }
  }

  private async catchUp({ userId }: SessionReady, signal: AbortSignal): Promise<void> {
    this.chats.begin(userId);
    await this.syncer.catchUp(signal);
    await Promise.all([...this.open].map((chatId) => this.joinAgain(chatId)));
  }

  /** A chat that may not be opened any more is not tried again. */
  private async joinAgain(chatId: string): Promise<void> {
    try {
      await this.join(chatId);
    } catch (error) {
      if (!isRetryable(error)) this.open.delete(chatId);
    }
  }

  private async repair(chatIds: readonly string[]): Promise<void> {
    // Whoever connects asks for everything.
    if (!this.session) return;
    const [{ status }] = await Promise.allSettled([this.syncer.repair(chatIds)]);
    if (status === 'rejected') for (const chatId of chatIds) this.gaps.note(chatId, true);
  }
}
