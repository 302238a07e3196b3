import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { ChatError } from '@roost/contract';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener } from '../../kernel/boundary.js';
import type { ChatServer, ChatSocket } from '../../kernel/chat-socket.js';
import { Faults } from '../../kernel/faults.js';
import { countRefusal } from '../metrics.js';
import { toldBefore } from '../refused-tokens.js';
import { Admittance } from './admittance.js';
import { Welcome } from './welcome.js';

/** How long who connects too often waits for being told so: a connection that is refused costs more than one that waits. */
const limitedWaitMs = 1_000;

/** Nest adds one to each namespace and to each socket for each gateway, beside ours: far from what would be a leak. */
const listenersMax = 50;

/** Stands at every namespace: lets sockets in or tells them why not. */
@Injectable()
export class Gatekeeper {
  constructor(
    private readonly admittance: Admittance,
    private readonly welcome: Welcome,
    private readonly faults: Faults,
    private readonly logger: PinoLogger,
  ) {}

  /** In every namespace, those made later included: no door is left without its lock. */
  attach(server: ChatServer): void {
    const admit = async (socket: ChatSocket, next: (refusal?: Error) => void) => next(await this.admit(socket));
    const guard = guardedListener('handshake', admit);
    const greet = guardedListener('connection', (socket: ChatSocket) => this.welcome.greet(socket));
    const watch = guardedListener('connection', (socket: ChatSocket) => this.welcome.watch(socket));
    server.of('/').setMaxListeners(listenersMax);
    server.use(guard);
    server.on('connection', greet);
    server.on('connection', watch);
    server.on(
      'new_namespace',
      guardedListener('connection', (namespace) => {
        namespace.use(guard);
        namespace.on('connection', watch);
      }),
    );
  }

  /** Gives nothing where the socket may come in, else the refusal that becomes its `connect_error`. */
  private async admit(socket: ChatSocket): Promise<Error | undefined> {
    try {
      socket.data = await this.admittance.admit(socket);
      socket.setMaxListeners(listenersMax);
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
    countRefusal(refused.code, 'handshake');
    // A storm of sockets is counted, not written down one by one, nor is who does not listen.
    const level = refused.code === 'server/overloaded' || refused.cause === toldBefore ? 'debug' : 'info';
    this.logger[level]({ code: refused.code, socketId: socket.id, from: socket.handshake.address }, 'socket refused');
    return Object.assign(new Error(data.error), { data });
  }
}
