import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener } from '../../kernel/boundary.js';
import type { ChatServer, ChatSocket } from '../../kernel/chat-socket.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { closeSocket, tellClosing } from '../close-socket.js';
import { eachTransport, limitFrames, watchPolledBodies } from '../engine.js';
import type { EngineSocket } from '../engine.js';
import { metrics } from '../metrics.js';
import { answerLargeFrames } from './large-frames.js';

/** Of who has not said who they are: a token and what is around it. */
const namelessFrameBytes = 65_536;

/**
 * How much a socket may send at once. What is above MAX_FRAME_BYTES is answered; above a second bound it is not even taken in,
 * for it would have to be held until it is whole, and the socket that sent it is closed.
 */
@Injectable()
export class FrameLimits {
  private readonly letIn = new WeakMap<EngineSocket, ChatSocket>();
  private readonly hardMax: number;

  constructor(
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.hardMax = hardMaxFrameBytes(settings);
  }

  attach(server: ChatServer): void {
    answerLargeFrames(server, this.settings.maxFrameBytes);
    eachTransport(server.engine, (connection) => this.limit(connection));
    watchPolledBodies(server.engine, (connection, bytes) => this.close(connection, bytes, 'polling'));
  }

  /** Somebody has said who they are. */
  widen(socket: ChatSocket): void {
    this.letIn.set(socket.conn, socket);
    this.limit(socket.conn);
  }

  private limit(connection: EngineSocket): void {
    const max = this.letIn.has(connection) ? this.hardMax : namelessFrameBytes;
    const onLarger = guardedListener('sockets', (bytes: number) => this.close(connection, bytes, 'websocket'));
    limitFrames(connection, max, onLarger);
  }

  private close(connection: EngineSocket, bytes: number, transport: 'websocket' | 'polling'): void {
    metrics.tooLargeFrameBytes.observe({ outcome: 'closed' }, bytes);
    const socket = this.letIn.get(connection);
    const { userId, sessionId } = socket?.data.caller ?? {};
    const code = 'request/too_large';
    this.logger.warn({ userId, sessionId, socketId: socket?.id, code, bytes }, 'socket closed: its frame is too large');
    // A WebSocket closes by itself then, with a code that says the same.
    if (transport === 'websocket') {
      if (socket) tellClosing(socket, 'request/too_large');
    } else if (socket) closeSocket(socket, 'request/too_large');
    else connection.close();
  }
}

/** What a server takes in at all. */
export const hardMaxFrameBytes = ({ maxFrameBytes, maxFrameHardBytes }: Settings): number =>
  Math.max(maxFrameBytes, maxFrameHardBytes);
