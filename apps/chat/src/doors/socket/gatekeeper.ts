import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import { countRefusal, metrics } from '@roost/observability';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener } from '../../kernel/boundary.js';
import { Faults } from '../../kernel/faults.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { Admission } from '../admission.js';
import type { ChatServer, ChatSocket } from '../../kernel/chat-socket.js';
import { Entrance } from '../entrance.js';
import { Drain } from './drain.js';
import { presented } from './handshake.js';
import { forgetRequest } from '../../sockets/engine.js';
import { RevokedSessions } from '../../sockets/life/revoked-sessions.js';
import { TokenExpiry } from '../../sockets/life/token-expiry.js';
import { AcceptLimits } from '../../sockets/limits/accept-limits.js';
import { RoomKeeper } from '../../sockets/room-keeper.js';

/** How long who connects too often waits for being told so: a connection that is refused costs more than one that waits. */
const limitedWaitMs = 1_000;

/** The next replica is an attempt away. */
const drainRetryMs = 200;

/** Lets sockets in: verified and in their rooms before they exist, greeted first, and logged from beginning to end. */
@Injectable()
export class Gatekeeper {
  constructor(
    private readonly admission: Admission,
    private readonly entrance: Entrance,
    private readonly rooms: RoomKeeper,
    private readonly accepts: AcceptLimits,
    private readonly sessionEnds: RevokedSessions,
    private readonly expiry: TokenExpiry,
    private readonly drain: Drain,
    private readonly faults: Faults,
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** In every namespace, those made later included: no door is left without its lock. */
  attach(server: ChatServer): void {
    const admit = async (socket: ChatSocket, next: (refusal?: Error) => void) => next(await this.admit(socket));
    const guard = guardedListener('handshake', admit);
    server.use(guard);
    const watch = (socket: ChatSocket) => this.watch(socket);
    server.on(
      'connection',
      guardedListener('connection', (socket) => this.greet(socket)),
    );
    server.on('connection', guardedListener('connection', watch));
    server.on(
      'new_namespace',
      guardedListener('connection', (namespace) => {
        namespace.use(guard);
        namespace.on('connection', guardedListener('connection', watch));
      }),
    );
  }

  /** Gives nothing where the socket may come in, else the refusal that becomes its `connect_error`. */
  private async admit(socket: ChatSocket): Promise<Error | undefined> {
    try {
      if (this.drain.isDraining) throw new ChatError('server/draining', { retryAfterMs: drainRetryMs });
      this.accepts.admit();
      const { token, protocol } = presented(socket.handshake);
      // Bringing a socket into its rooms costs more than most commands: who drops and opens in a loop asks for too much.
      const caller = await this.entrance.callerOf(token);
      await this.rooms.enter(socket, caller.userId, () => this.admission.chatsOf(caller.userId));
      this.sessionEnds.refuseEnded(caller);
      socket.data = { caller, protocol };
      return undefined;
    } catch (error) {
      const refused = this.faults.chatErrorOf(error, 'socket');
      // Who does not wait before coming back is made to.
      if (refused.code === 'rate/limited') await sleep(limitedWaitMs, undefined, { ref: false });
      return this.refuse(socket, refused);
    } finally {
      // Neither memory nor a copy of the handshake sent to another replica should hold the token.
      delete socket.handshake.auth['token'];
    }
  }

  private refuse(socket: ChatSocket, refused: ChatError): Error {
    const { success: _, ...data } = refused.toRefusal('socket');
    countRefusal(refused.code);
    // A storm of sockets is counted, not written down one by one.
    const level = refused.code === 'server/overloaded' ? 'debug' : 'info';
    this.logger[level]({ code: refused.code, socketId: socket.id, from: socket.handshake.address }, 'socket refused');
    return Object.assign(new Error(data.error), { data });
  }

  private watch(socket: ChatSocket): void {
    this.expiry.watch(socket);
    socket.once(
      'disconnect',
      guardedListener('connection', () => this.expiry.forget(socket)),
    );
  }

  private greet(socket: ChatSocket): void {
    const { caller, protocol } = socket.data;
    const { userId, sessionId, expiresAtMs } = caller;
    socket.emit('session:ready', {
      userId,
      sessionId,
      replica: this.settings.replicaName,
      protocol,
      serverTime: new Date().toISOString(),
      expiresAt: new Date(expiresAtMs).toISOString(),
    });
    forgetRequest(socket);
    metrics.socketsConnected.inc();
    this.logger.info(
      { userId, sessionId, socketId: socket.id, transport: socket.conn.transport.name },
      'socket connected',
    );
    const leave = (reason: string) => {
      metrics.socketsConnected.dec();
      metrics.socketsEndedTotal.inc({ reason });
      this.logger.info({ userId, socketId: socket.id, reason }, 'socket disconnected');
    };
    socket.once('disconnect', guardedListener('connection', leave));
  }
}
