import { inBackground } from '../background.js';
import { Backoff } from '../backoff.js';
import { asError, isRetryable, retryAfterOf } from '../failures.js';
import type { Surroundings } from '../time.js';
import { askToken } from './options.js';
import type { TokenSource } from './options.js';
import type { SessionReady } from './state.js';

/** Before the token ends, and before `session:expiring`, which comes 60 s before. Spread, for many signed in at the same time. */
const aheadMs = 75_000;
const aheadSpreadMs = 30_000;

export interface TokenRefreshPorts {
  /** `auth:refresh`; gives the new end. */
  readonly send: (token: string) => Promise<{ readonly expiresAt: string }>;
  /** The token source failed for good. */
  readonly failed: (error: Error) => void;
}

/** Keeps one connection's token from expiring, in band. One for each connection; at most one refresh at a time. */
export class TokenRefresh {
  private readonly backoff: Backoff;
  /** The server's clock minus ours, in milliseconds. */
  private readonly aheadOfUsMs: number;
  private cancelTimer = () => {};
  private isRefreshing = false;
  private isOver = false;

  constructor(
    private readonly source: TokenSource,
    { serverTime, expiresAt }: SessionReady,
    private readonly surroundings: Surroundings,
    private readonly ports: TokenRefreshPorts,
  ) {
    this.backoff = new Backoff({ baseMs: 1_000, maxMs: 15_000 }, surroundings.random);
    this.aheadOfUsMs = Date.parse(serverTime) - surroundings.clock.now();
    this.schedule(expiresAt);
  }

  /** The server says it is time. */
  expiring(): void {
    if (typeof this.source !== 'string') inBackground(this.refresh());
  }

  stop(): void {
    this.isOver = true;
    this.cancelTimer();
  }

  private schedule(expiresAt: string): void {
    if (typeof this.source === 'string' || this.isOver) return;
    const { clock, random } = this.surroundings;
    const leftMs = Date.parse(expiresAt) - this.aheadOfUsMs - clock.now();
    // A token that lives for a minute is refreshed half-way, not all the time.
    const leadMs = Math.min(aheadMs + random() * aheadSpreadMs, leftMs / 2);
    this.cancelTimer = clock.after(Math.max(0, leftMs - leadMs), () => inBackground(this.refresh()));
  }

  private async refresh(): Promise<void> {
    if (this.isRefreshing || this.isOver) return;
    this.isRefreshing = true;
    this.cancelTimer();
    try {
      const token = await this.freshToken();
      if (token !== undefined) await this.present(token);
    } finally {
      this.isRefreshing = false;
    }
  }

  private async freshToken(): Promise<string | undefined> {
    try {
      return await askToken(this.source, { fresh: true }, this.surroundings.clock);
    } catch (error) {
      if (this.isOver) return undefined;
      if (isRetryable(error)) this.retry(error);
      else this.ports.failed(asError(error, 'The token source failed'));
      return undefined;
    }
  }

  /** A token that is refused for good is the server's to act on: the socket lives until the old one ends. */
  private async present(token: string): Promise<void> {
    if (this.isOver) return;
    try {
      const { expiresAt } = await this.ports.send(token);
      this.backoff.reset();
      this.schedule(expiresAt);
    } catch (error) {
      if (isRetryable(error)) this.retry(error);
    }
  }

  private retry(error: unknown): void {
    if (this.isOver) return;
    this.cancelTimer = this.surroundings.clock.after(this.backoff.next(retryAfterOf(error)), () =>
      inBackground(this.refresh()),
    );
  }
}
