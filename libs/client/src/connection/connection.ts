import type {
  ChatError,
  CommandName,
  FactName,
  FactOf,
  HintName,
  HintOf,
  ReplyOf,
  RequestInput,
} from '@roost/contract';
import { inBackground } from '../background.js';
import { Backoff } from '../backoff.js';
import { asError, ConnectionClosed, isRetryable, isSignedOut, NoAnswer, retryAfterOf } from '../failures.js';
import { realWorld } from '../time.js';
import { sharingFor } from '../tabs/sharing.js';
import type { Sharing, SharingPorts } from '../tabs/sharing.js';
import type { TabLife } from '../tabs/tab-life.js';
import type { Surroundings } from '../time.js';
import { FactListeners } from './fact-listeners.js';
import type { FactHandlers } from './fact-listeners.js';
import type { Link, LinkEnd } from './link.js';
import { messageIdOf, notConnected } from './link.js';
import { LinkOpener } from './link-opener.js';
import { ackTimeoutDefaultMs } from './options.js';
import { pageSignals } from './page-signals.js';
import type { PageSignal } from './page-signals.js';
import type { ConnectionOptions } from './options.js';
import { isOver, sessionOf } from './state.js';
import type { ConnectionEvent, ConnectionState, SessionReady } from './state.js';
import { States } from './states.js';
import { TokenRefresh } from './token-refresh.js';
import { Waiting } from './waiting.js';

/** What is above a connection. */
export interface ConnectionPorts {
  /**
   * What is done between connecting and `live`; resolves when nothing is missing, or when `signal` aborts. Left out: there is nothing
   * to catch up with, and `live` follows at once.
   */
  readonly catchUp?: (session: SessionReady, signal: AbortSignal) => Promise<void>;
  /** Asks the server for another tab that has no connection of its own; left out: as `carryOut` does. */
  readonly carryOut?: SharingPorts['carryOut'];
  /** A tab that had no connection of its own is gone, or the one that had it. */
  readonly tabGone?: () => void;
  /** The person has signed out in another tab. */
  readonly signedOutElsewhere?: () => void;
}

/** A connection that was there for this long was no failed attempt. */
const lastingMs = 10_000;
/** Between two attempts while the browser says that it is offline. */
const offlineMs = 15_000;

/**
 * One connection that is kept: handshake, commands and facts as they are on the wire, reconnecting, moving to another
 * replica when the present one goes away. Knows nothing of chats; `RoostClient` does.
 */
export class RoostConnection {
  private readonly states: States;
  private readonly facts: FactListeners;
  private readonly waiting: Waiting<Link>;
  private readonly backoff: Backoff;
  private readonly opener: LinkOpener;
  private readonly sharing: Sharing | undefined;
  /** The link in use. */
  private link: Link | undefined;
  private catchingUp = new AbortController();
  private token: TokenRefresh | undefined;
  private readyAt = 0;
  private farewell: FactOf<'session:closing'> | undefined;
  private isOffline = false;
  private ignorePage = () => {};

  constructor(
    private readonly options: ConnectionOptions,
    private readonly ports: ConnectionPorts = {},
    private readonly surroundings: Surroundings = realWorld,
  ) {
    this.states = new States(surroundings.clock);
    this.backoff = new Backoff({ baseMs: 500, maxMs: 5_000 }, surroundings.random);
    this.waiting = new Waiting(surroundings.clock);
    this.facts = new FactListeners(surroundings.clock);
    this.sharing = sharingFor(options, surroundings, {
      carryOut: ports.carryOut ?? ((name, request, timeoutMs) => this.carryOut(name, request, timeoutMs)),
      hint: (name, payload) => this.link?.hint(name, payload as never),
      gone: () => ports.tabGone?.(),
      probe: () => this.link?.probe(),
      leads: () => this.leads(),
      askRole: () => {
        if (!isOver(this.state)) this.opener.open();
      },
      signedOut: () => this.signedOutElsewhere(),
    });
    this.opener = new LinkOpener(options, surroundings, this.sharing, {
      ready: (link, session) => this.ready(link, session),
      fact: (link, name, payload) => this.fact(link, name, payload),
      hung: (link) => this.hung(link),
      ended: (link, end) => this.ended(link, end),
      notMade: (error) => this.failed(error),
    });
  }

  get state(): ConnectionState {
    return this.states.current;
  }

  /** Who is connected, and to which replica; undefined while there is no connection. */
  get session(): SessionReady | undefined {
    return sessionOf(this.state);
  }

  /** How other tabs see this one; undefined where it stands alone. */
  get tab(): TabLife | undefined {
    return this.sharing?.life;
  }

  /** Tells of every new state from now on; gives the function that ends it. */
  onState(listener: (state: ConnectionState) => void): () => void {
    return this.states.onChange(listener);
  }

  /**
   * Connects and stays connected. Resolves when caught up; rejects with `ChatError` when the handshake is refused for
   * good, with `NoAnswer` when nobody was reached in time. After either it has ended, and `connect` may be called again.
   */
  connect(): Promise<SessionReady> {
    const caughtUp = this.states.untilCaughtUp(this.options.connectTimeoutMs ?? 20_000, (reason) =>
      this.end({ type: 'stop', reason }),
    );
    if (isOver(this.state)) {
      this.backoff.reset();
      this.opener.needsFreshToken = false;
      this.ignorePage();
      this.ignorePage = (this.surroundings.page ?? pageSignals)((signal) => this.pageSays(signal));
      this.states.happened({ type: 'connect' });
      this.opener.open();
    }
    return caughtUp;
  }

  /** Disconnects for good; commands that were under way reject with `NoAnswer`. */
  close(): void {
    this.end({ type: 'stop' });
  }

  /** Disconnects for good, because the person left: in all tabs. Ends nothing on the server: `Session.signOut` does. */
  signOut(): void {
    this.sharing?.signOut();
    this.end({ type: 'signOut' });
  }

  /** Calls `listener` for every such fact, across reconnects; gives the function that ends it. */
  on<F extends FactName>(fact: F, listener: (payload: FactOf<F>) => void): () => void {
    return this.facts.on(fact, listener);
  }

  /** Calls `listener` for every fact, also for those that only a newer server knows; gives the function that ends it. */
  onAny(listener: (name: string, payload: unknown) => void): () => void {
    return this.facts.onAny(listener);
  }

  /** The next such fact that `matches`; `NoAnswer` when there is none within `timeoutMs` (default 10,000). */
  next<F extends FactName>(fact: F, matches?: (payload: FactOf<F>) => boolean, timeoutMs?: number): Promise<FactOf<F>> {
    return this.facts.next(fact, matches, timeoutMs);
  }

  /**
   * Any command of the contract, once. Rejects with `ChatError` when the server refuses and with `NoAnswer` when no
   * answer came. While a connection is being made the command waits, as long as its time-out allows.
   */
  async command<K extends CommandName>(
    name: K,
    request: RequestInput<K>,
    timeoutMs: number = this.options.ackTimeoutMs ?? ackTimeoutDefaultMs,
  ): Promise<ReplyOf<K>> {
    const here = this.sharing?.asked(name, request) as ReplyOf<K> | undefined;
    return here ?? this.carryOut(name, request, timeoutMs);
  }

  /** The same in the name of another tab. */
  async carryOut<K extends CommandName>(name: K, request: RequestInput<K>, timeoutMs: number): Promise<ReplyOf<K>> {
    if (this.link) return this.link.command(name, request, timeoutMs);
    const tooLate = () => new NoAnswer(name, 'disconnected', { clientMessageId: messageIdOf(request) });
    if (this.state.name !== 'connecting') throw tooLate();
    const until = this.surroundings.clock.now() + timeoutMs;
    const link = await this.waiting.next(timeoutMs, tooLate);
    return link.command(name, request, Math.max(1, until - this.surroundings.clock.now()));
  }

  /** Says something that nobody answers, if there is a connection. */
  hint<H extends HintName>(name: H, payload: HintOf<H>): void {
    if (!this.sharing?.hint(name, payload)) this.link?.hint(name, payload);
  }

  // --- Connecting

  private ready(link: Link, session: SessionReady): void {
    const previous = this.link;
    this.link = link;
    this.farewell = undefined;
    this.readyAt = this.surroundings.clock.now();
    if (previous !== link) previous?.retire();
    this.token?.stop();
    this.token = link.isShared ? undefined : this.refreshOf(link, session);
    if (!link.isShared) this.sharing?.ready(session);
    this.states.happened({ type: 'ready', session });
    this.waiting.all(link);
    inBackground(this.startCatchUp(session));
  }

  private refreshOf(link: Link, session: SessionReady): TokenRefresh {
    return new TokenRefresh(this.options.token, session, this.surroundings, {
      send: (token) => link.command('auth:refresh', { token }, ackTimeoutDefaultMs),
      failed: (error) => this.failed(error),
    });
  }

  private async startCatchUp(session: SessionReady): Promise<void> {
    this.catchingUp.abort();
    const { signal } = (this.catchingUp = new AbortController());
    try {
      await this.ports.catchUp?.(session, signal);
      if (!signal.aborted) this.states.happened({ type: 'caughtUp' });
    } catch (error) {
      if (!signal.aborted) this.failed(asError(error, 'Catching up failed'));
    }
  }

  // --- What the server tells of the connection itself

  private fact(link: Link, name: string, payload: unknown): void {
    // A link that is to follow is heard from when it is ready.
    if (link !== this.link) return;
    if (!link.isShared) this.sharing?.fact(name, payload);
    this.facts.heard(name, payload, link.isShared ? this.toAllTabs : { ...this.toAllTabs, ...this.toTheSocket });
  }

  private readonly toAllTabs: FactHandlers = {
    'server:degraded': ({ since }) => this.states.happened({ type: 'degraded', since }),
    'server:recovered': () => this.recovered(),
    'session:closing': (closing) => {
      if (!closing.reconnect) this.dismissed(closing);
    },
  };

  /** What only the tab that has the socket acts on. */
  private readonly toTheSocket: FactHandlers = {
    // The present link goes on until the new one is there: no command has to fail.
    'server:draining': ({ reconnectInMs }) => this.opener.openAfter(reconnectInMs),
    'session:expiring': () => this.token?.expiring(),
    'session:closing': (closing) => {
      this.farewell = closing;
      if (closing.code === 'auth/token_expired') this.opener.needsFreshToken = true;
      if (!closing.reconnect) this.dismissed(closing);
    },
  };

  /** The network may be another one, or the page may have been asleep: what waits need not, and what is open may be dead. */
  private pageSays(signal: PageSignal): void {
    if (signal === 'frozen') return this.frozen();
    this.isOffline = signal === 'offline';
    this.link?.probe();
    if (signal === 'offline' || this.state.name !== 'connecting' || this.opener.isOpening) return;
    this.backoff.reset();
    this.opener.open();
  }

  private recovered(): void {
    this.states.happened({ type: 'recovered' });
    if (this.state.name === 'catchingUp') inBackground(this.startCatchUp(this.state.session));
  }

  private dismissed({ code }: FactOf<'session:closing'>): void {
    const reason = new ConnectionClosed(code);
    this.end({ type: code.startsWith('auth/') ? 'signOut' : 'stop', reason });
  }

  // --- Other tabs

  /** This tab has the connection from now on: whoever had it is gone. */
  private leads(): void {
    if (this.link?.isShared) this.letGo('The tab with the connection is gone');
    this.backoff.reset();
    this.opener.open();
  }

  /** What this page would have to do for others, another one does. When it is shown again it is as if the connection was lost. */
  private frozen(): void {
    if (!this.sharing?.isShared) return;
    this.opener.cancel();
    if (this.link) this.letGo('The page was put to sleep');
    this.sharing.leave();
  }

  private letGo(why: string): void {
    this.link?.close();
    this.unlink(why);
    this.states.happened({ type: 'lost', cause: notConnected(new Error(why)) });
  }

  private signedOutElsewhere(): void {
    this.end({ type: 'signOut' });
    this.ports.signedOutElsewhere?.();
  }

  // --- Failures

  /** It goes on until the new one is there: perhaps it only stood still for a while. */
  private hung(link: Link): void {
    if (link === this.link && this.options.reconnect !== false && !this.opener.isOpening) this.opener.open();
  }

  private ended(link: Link, end: LinkEnd): void {
    // Nobody is heard on the present one, and nobody is reached anew.
    if (link !== this.link && this.link?.isHung && end.kind === 'lost') {
      this.link.close();
      this.unlink(end.error.message);
    }
    if (link === this.link) {
      this.unlink(end.error.message);
      if (this.surroundings.clock.now() - this.readyAt >= lastingMs) this.backoff.reset();
      if (this.opener.isOpening) {
        // The next link is on its way already.
        this.states.happened({ type: 'lost', cause: end.error });
        return;
      }
    }
    switch (end.kind) {
      case 'refused':
        return this.refused(end.error);
      case 'dismissed':
        // Where it says nothing of coming back, a server that closes a socket does not want this client.
        return this.farewell?.reconnect
          ? this.failed(end.error)
          : this.end({ type: 'stop', reason: new ConnectionClosed() });
      case 'lost':
        return this.failed(end.error, link.isShared);
    }
  }

  private refused(error: ChatError): void {
    const mayHaveNewer = typeof this.options.token !== 'string' && !this.opener.needsFreshToken;
    if (error.code === 'auth/token_expired' && mayHaveNewer) {
      this.opener.needsFreshToken = true;
      this.opener.open();
    } else this.failed(error);
  }

  /** Tries again, after a while but `atOnce` where that asks nobody but another tab, or ends for good. */
  private failed(error: Error, atOnce = false): void {
    if (isSignedOut(error)) this.end({ type: 'signOut', reason: error });
    else if (!isRetryable(error) || this.options.reconnect === false) this.end({ type: 'stop', reason: error });
    else {
      if (!this.link) this.states.happened({ type: 'lost', cause: error });
      // Who heard of it may have closed, or connected again.
      if (isOver(this.state) || this.opener.isOpening) return;
      if (atOnce) this.opener.open();
      else this.opener.openAfter(this.nextAttemptMs(error));
    }
  }

  /** A browser that says it is offline is believed for a while: it tells when that is over. */
  private nextAttemptMs(error: Error): number {
    const delayMs = this.backoff.next(retryAfterOf(error));
    return this.isOffline ? Math.max(offlineMs, delayMs) : delayMs;
  }

  private unlink(why: string): void {
    if (this.link && !this.link.isShared) this.sharing?.lost(why);
    this.link = undefined;
    this.catchingUp.abort();
    this.token?.stop();
  }

  /** Ended first, told afterwards: who hears of it may connect again at once. */
  private end(event: ConnectionEvent & { type: 'stop' | 'signOut' }): void {
    const { link } = this;
    this.opener.cancel();
    this.ignorePage();
    this.unlink('closed');
    link?.close();
    this.sharing?.leave();
    this.waiting.fail();
    this.states.happened(event);
  }
}
