import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
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

/** How many sockets this replica holds and how fast it takes new ones. Asks nobody: that is what makes a storm cheap. */
@Injectable()
export class AcceptLimits {
  private readonly accepts: TokenBucket;
  private server: ChatServer | undefined;
  private closed = false;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {
    const { acceptsPerS } = settings;
    this.accepts = new TokenBucket({ perSecond: acceptsPerS, burst: acceptsPerS });
  }

  attach(server: ChatServer): void {
    this.server = server;
  }

  /** Whether a connection may be opened at all, before anybody says who they are. */
  mayConnect(): boolean {
    const { socketsMax } = this.settings;
    return socketsMax === 0 || this.connections() < socketsMax + unadmittedMax;
  }

  /** From now on nobody is let in: this replica is going. */
  close(): void {
    this.closed = true;
  }

  /** @throws ChatError server/draining or server/overloaded, saying when to come back */
  admit(): void {
    if (this.closed) throw new ChatError('server/draining', { retryAfterMs: drainRetryMs });
    const { socketsMax, acceptsPerS } = this.settings;
    const isFull = socketsMax > 0 && this.connections() > socketsMax;
    if (isFull || (acceptsPerS > 0 && this.accepts.take(performance.now()) > 0)) throw overloaded();
  }

  /** The connection that asks to be admitted is counted among them. */
  private connections(): number {
    return this.server?.engine.clientsCount ?? 0;
  }
}
