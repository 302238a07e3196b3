import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { LocalSockets } from '../sockets/local-sockets.js';

/**
 * Whether the store takes writes, by what the heartbeats meet. Tells the sockets of this replica when that changes: clients
 * that wait longer and longer between their attempts would find out late that it is back.
 */
@Injectable()
export class StoreWatch {
  /** Since when it takes no writes, ISO 8601; undefined while it takes them. */
  private since: string | undefined;

  constructor(
    private readonly sockets: LocalSockets,
    private readonly logger: PinoLogger,
  ) {
    sockets.onConnected((socket) => {
      if (this.since !== undefined) socket.emit('store:unavailable', { since: this.since });
    });
  }

  get isAway(): boolean {
    return this.since !== undefined;
  }

  /** A write failed, for whatever reason. */
  failed(err: unknown): void {
    if (this.since !== undefined) return;
    this.since = new Date().toISOString();
    this.logger.warn({ err }, 'store takes no writes');
    this.sockets.tellAll('store:unavailable', { since: this.since });
  }

  /** The majority has acknowledged a write. */
  succeeded(): void {
    if (this.since === undefined) return;
    const { since } = this;
    this.since = undefined;
    this.logger.info({ since }, 'store takes writes again');
    this.sockets.tellAll('store:recovered', { since });
  }
}
