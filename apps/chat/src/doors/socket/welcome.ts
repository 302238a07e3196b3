import { Inject, Injectable } from '@nestjs/common';
import type { SocketLimits } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener } from '../../kernel/boundary.js';
import type { ChatSocket } from '../../kernel/chat-socket.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { forgetRequest } from '../../sockets/engine.js';
import { FrameLimits } from '../../sockets/limits/frame-limits.js';
import { socketLimits } from '../../sockets/limits/socket-limits.js';
import { TokenExpiry } from '../../sockets/life/token-expiry.js';
import { metrics } from '../metrics.js';

/** What follows once a socket was let in: it is greeted, counted and logged until it goes, and its token's end is watched. */
@Injectable()
export class Welcome {
  private readonly limits: SocketLimits;

  constructor(
    private readonly expiry: TokenExpiry,
    private readonly frames: FrameLimits,
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.limits = socketLimits(settings);
  }

  /** In the namespace in which all chat happens. */
  greet(socket: ChatSocket): void {
    const { caller, protocol } = socket.data;
    const { userId, sessionId, expiresAtMs } = caller;
    socket.emit('session:ready', {
      userId,
      sessionId,
      replica: this.settings.replicaName,
      protocol,
      serverTime: new Date().toISOString(),
      expiresAt: new Date(expiresAtMs).toISOString(),
      limits: this.limits,
    });
    forgetRequest(socket);
    this.frames.widen(socket);
    metrics.socketsConnected.inc();
    metrics.socketsOpenedTotal.inc();
    this.logger.info(
      { userId, sessionId, socketId: socket.id, transport: socket.conn.transport.name },
      'socket connected',
    );
    const leave = (reason: string) => {
      metrics.socketsConnected.dec();
      metrics.socketsEndedTotal.inc({ reason });
      // Another session by now where it presented another token.
      const who = { userId, sessionId: socket.data.caller.sessionId, socketId: socket.id };
      this.logger.info({ ...who, reason }, 'socket disconnected');
    };
    socket.once('disconnect', guardedListener('connection', leave));
  }

  /** In every namespace. */
  watch(socket: ChatSocket): void {
    this.expiry.watch(socket);
    socket.once(
      'disconnect',
      guardedListener('connection', () => this.expiry.forget(socket)),
    );
  }
}
