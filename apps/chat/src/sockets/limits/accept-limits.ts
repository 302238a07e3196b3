import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { Clock } from '../../kernel/clock.js';
import { overloaded } from '../../kernel/overloaded.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import type { ChatServer } from '../../kernel/chat-socket.js';
import { TokenBucket } from './token-bucket.js';

/** The next replica is an attempt away. */
const drainRetryMs = 200;

/**
 * How many connections there may be above SOCKETS_MAX: of those that are being told why they cannot stay, and of those
 * that never say who they are. Beyond it nothing is told.
 */
const unadmittedMax = 1_000;

/** Of a second's sockets, so many may be let in at once: letting in half a thousand keeps everybody else waiting. */
const burstShare = 0.1;
/** Who would be let in within this time waits for it, instead of coming back seconds later. */
const waitMaxMs = 2_000;

/** How many sockets this replica holds and how fast it takes new ones. Asks nobody: that is what makes a storm cheap. */
@Injectable()
export class AcceptLimits {
  private readonly accepts: TokenBucket;
  private server: ChatServer | undefined;
  private closed = false;
  private ready = true;
  private prefersOthers = false;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    const { acceptsPerS } = settings;
    this.accepts = new TokenBucket({ perSecond: acceptsPerS, burst: Math.max(1, acceptsPerS * burstShare) });
  }

  attach(server: ChatServer): void {
    this.server = server;
  }

  /** Whether a connection may be opened at all, before anybody says who they are. */
  mayConnect(): boolean {
    const { socketsMax } = this.settings;
    return socketsMax === 0 || this.connections() < socketsMax + unadmittedMax;
  }

  /** Whether somebody new is better sent here than to another replica. Who comes nevertheless is let in where that is possible. */
  takesNew(): boolean {
    const { socketsMax } = this.settings;
    return !this.prefersOthers && !this.closed && this.ready && (socketsMax === 0 || this.connections() < socketsMax);
  }

  /** Whether this replica can do its work now, as `/health/ready` says it. */
  setReady(ready: boolean): void {
    this.ready = ready;
  }

  /** Whether somebody new is better off with others because this replica has more than its share. */
  setPrefersOthers(prefersOthers: boolean): void {
    this.prefersOthers = prefersOthers;
  }

  /** Whether this replica does its work, and takes whoever comes at once. */
  get isFit(): boolean {
    const isBusy = this.settings.acceptsPerS > 0 && this.accepts.isEmpty(performance.now());
    return !this.closed && this.ready && !isBusy;
  }

  /** From now on nobody is let in: this replica is going. */
  close(): void {
    this.closed = true;
  }

  /**
   * Resolves when it is the turn of who asks to be let in.
   *
   * @throws ChatError server/draining or server/overloaded, saying when to come back
   */
  async admit(): Promise<void> {
    this.refuseWhereClosed();
    const { socketsMax, acceptsPerS } = this.settings;
    const isFull = socketsMax > 0 && this.connections() > socketsMax;
    if (isFull) throw overloaded();
    const waitMs = acceptsPerS === 0 ? 0 : this.accepts.reserve(performance.now(), waitMaxMs);
    if (waitMs === undefined) throw overloaded();
    if (waitMs === 0) return;
    await new Promise<void>((resolve) => {
      this.clock.after('accept limits', waitMs, resolve);
    });
    this.refuseWhereClosed();
  }

  private refuseWhereClosed(): void {
    if (this.closed) throw new ChatError('server/draining', { retryAfterMs: drainRetryMs });
  }

  /** The connection that asks to be admitted is counted among them. */
  private connections(): number {
    return this.server?.engine.clientsCount ?? 0;
  }
}
