import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { SETTINGS } from '../../kernel/settings.module.js';
import type { ChatSocket } from '../../kernel/chat-socket.js';
import { closeSocket } from '../close-socket.js';
import { LocalSockets } from '../local-sockets.js';
import { runInBackground } from '../../kernel/boundary.js';
import { Clock } from '../../kernel/clock.js';
import { discardWaiting, terminate, waitingBytes } from '../engine.js';
import { metrics } from '../metrics.js';

const lookEveryMs = 1_000;

type SlowReaderLimits = Pick<Settings, 'slowReaderSoftBytes' | 'slowReaderHardBytes' | 'slowReaderMaxMs'>;
export type Pace = 'fine' | 'slow' | 'closed_full' | 'closed_late';

/** What becomes of a socket. `slowSinceMs`: since when it has been above the soft limit, undefined where it was not. */
export function paceOf(
  { waiting, slowSinceMs, nowMs }: { waiting: number; slowSinceMs: number | undefined; nowMs: number },
  { slowReaderSoftBytes, slowReaderHardBytes, slowReaderMaxMs }: SlowReaderLimits,
): Pace {
  if (waiting > slowReaderHardBytes) return 'closed_full';
  if (waiting <= slowReaderSoftBytes) return 'fine';
  return slowSinceMs !== undefined && nowMs - slowSinceMs >= slowReaderMaxMs ? 'closed_late' : 'slow';
}

/** By then the client has taken what waits for it, or it is about to be closed. */
const answerRetryMs = 1_000;

/** @throws ChatError rate/limited where an answer would only wait behind what this socket has not taken yet */
export function requireTaken(socket: ChatSocket, { slowReaderSoftBytes }: SlowReaderLimits): void {
  if (waitingBytes(socket) > slowReaderSoftBytes) throw new ChatError('rate/limited', { retryAfterMs: answerRetryMs });
}

/** Once a second, over all sockets of this replica: nobody's unread bytes are to fill the memory of everybody. */
@Injectable()
export class SlowReaders implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stop: (() => void) | undefined;

  constructor(
    private readonly sockets: LocalSockets,
    private readonly clock: Clock,
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    this.stop = this.clock.every('slow readers', lookEveryMs, () => this.look());
  }

  beforeApplicationShutdown(): void {
    this.stop?.();
  }

  private look(): void {
    const nowMs = this.clock.nowMs();
    let bytes = 0;
    let slow = 0;
    for (const socket of this.sockets.all()) {
      runInBackground('slow readers', () => {
        const waiting = waitingBytes(socket);
        bytes += waiting;
        if (waiting > 0 || socket.data.slowSinceMs !== undefined) this.lookAt(socket, { waiting, nowMs });
        if (socket.data.slowSinceMs !== undefined) slow++;
      });
    }
    metrics.waitingBytes.set(bytes);
    metrics.slowReaders.set(slow);
  }

  private lookAt(socket: ChatSocket, { waiting, nowMs }: { waiting: number; nowMs: number }): void {
    const { slowSinceMs } = socket.data;
    const pace = paceOf({ waiting, slowSinceMs, nowMs }, this.settings);
    if (pace === 'fine') delete socket.data.slowSinceMs;
    else if (pace === 'slow') this.remember(socket, nowMs);
    else this.close(socket, pace, waiting);
  }

  private remember({ data }: ChatSocket, nowMs: number): void {
    if (data.slowSinceMs !== undefined) return;
    data.slowSinceMs = nowMs;
    metrics.slowReadersTotal.inc({ decision: 'slow' });
  }

  private close(socket: ChatSocket, decision: 'closed_full' | 'closed_late', waiting: number): void {
    metrics.slowReadersTotal.inc({ decision });
    const { userId, sessionId } = socket.data.caller;
    const code = 'client/too_slow';
    this.logger.warn(
      { userId, sessionId, socketId: socket.id, code, bytes: waiting, decision },
      'socket closed: its client reads too slowly',
    );
    // With long-polling the closing is what the next poll gets; a WebSocket has too much before it to tell it anything.
    discardWaiting(socket);
    closeSocket(socket, code);
    terminate(socket);
  }
}
