import type { Server as HttpServer } from 'node:http';
import type { Socket as TcpSocket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener } from '../../kernel/boundary.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import type { ChatServer, ChatSocket } from '../../kernel/chat-socket.js';
import { AcceptLimits } from '../../sockets/limits/accept-limits.js';
import { metrics } from '../metrics.js';
import { CommandDispatcher } from './command-dispatcher.js';

/** What a client is given to leave by itself after the time it was told: a handshake with a replica that is busy. */
const graceMs = 1_000;
/** What a socket with a command in flight is given for its answer. */
const answerMs = 2_000;
/** What a client that has vanished is given to close its connection, which it will not do. */
const vanishedMs = 1_000;
const waveMs = 100;
/** A few clients need no long farewell. */
const msPerSocket = 20;

/**
 * Empties a replica that was told to stop: no new connections, every client told when to connect elsewhere, transports
 * closed in waves, what is in flight answered first. Transports and not sockets: after a `disconnect()` clients stay away.
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  private readonly tcpSockets = new Set<TcpSocket>();
  private server: ChatServer | undefined;
  private http: HttpServer | undefined;
  private draining = false;

  constructor(
    private readonly dispatcher: CommandDispatcher,
    private readonly accepts: AcceptLimits,
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  get isDraining(): boolean {
    return this.draining;
  }

  attach(server: ChatServer): void {
    this.server = server;
    this.http = server.httpServer as HttpServer;
    const remember = (socket: TcpSocket) => {
      this.tcpSockets.add(socket);
      socket.once(
        'close',
        guardedListener('drain', () => this.tcpSockets.delete(socket)),
      );
    };
    this.http.on('connection', guardedListener('drain', remember));
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.server || !this.http) return;
    const startedAtMs = performance.now();
    this.draining = true;
    metrics.draining.set(1);
    this.accepts.close();
    this.http.close();
    const sockets = [...this.server.of('/').sockets.values()];
    this.logger.info({ sockets: sockets.length }, 'draining');
    await Promise.all([this.closeInWaves(sockets), this.closeIdleHttp()]);
    this.logger.info({ tookMs: Math.round(performance.now() - startedAtMs) }, 'drained');
    // What Nest does next waits for every connection to close, vanished clients included.
    const destroy = () => {
      for (const socket of this.tcpSockets) socket.destroy();
    };
    setTimeout(guardedListener('drain', destroy), vanishedMs).unref();
  }

  /** In random order, fifty a second or faster where DRAIN_SPREAD_MS asks for it: others get their new clients one by one. */
  private async closeInWaves(sockets: readonly ChatSocket[]): Promise<void> {
    const spreadMs = Math.min(this.settings.drainSpreadMs, sockets.length * msPerSocket);
    const order = sockets.map((socket) => ({ socket, at: Math.random() })).toSorted((a, b) => a.at - b.at);
    const leaving = order.map(({ socket }, index) => {
      const reconnectInMs = Math.floor((index * spreadMs) / order.length);
      socket.emit('server:draining', { reconnectInMs });
      return this.closeLater(socket, reconnectInMs + graceMs);
    });
    await Promise.all(leaving);
  }

  private async closeLater(socket: ChatSocket, inMs: number): Promise<void> {
    await this.leavesWithin(socket, inMs);
    for (
      let waitedMs = 0;
      waitedMs < answerMs && socket.connected && !this.dispatcher.isIdle(socket);
      waitedMs += waveMs
    ) {
      await sleep(waveMs);
    }
    socket.conn.close();
  }

  /** Resolves when the client has left by itself, at the latest after `timeoutMs`. */
  private leavesWithin(socket: ChatSocket, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      const left = () => {
        clearTimeout(timer);
        resolve();
      };
      socket.once('disconnect', guardedListener('drain', left));
    });
  }

  /** Keep-alive connections that are idle would hold the server open for seconds; busy ones are let finish. */
  private async closeIdleHttp(): Promise<void> {
    for (let waitedMs = 0; waitedMs < answerMs && this.tcpSockets.size > 0; waitedMs += waveMs) {
      this.http?.closeIdleConnections();
      await sleep(waveMs);
    }
  }
}
