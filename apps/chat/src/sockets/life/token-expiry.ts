import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { runInBackground } from '../../kernel/boundary.js';
import type { ChatSocket } from '../../kernel/chat-socket.js';
import { closeSocket } from '../close-socket.js';
import { Clock } from '../../kernel/clock.js';
import { Deadlines } from './deadlines.js';

/** How long before its end a token is said to end: enough for a client to get another and to try again once or twice. */
const noticeMs = 60_000;
const lookEveryMs = 1_000;

/** No socket outlives its access token: it is told before, and closed after, unless it has shown a newer one. */
@Injectable()
export class TokenExpiry implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly deadlines = new Deadlines<ChatSocket>();
  private stop: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  onApplicationBootstrap(): void {
    this.stop = this.clock.every('token expiry', lookEveryMs, () => this.look());
  }

  beforeApplicationShutdown(): void {
    this.stop?.();
  }

  /** From now on; again after the socket's caller was renewed. A token with little time left is said to end at once. */
  watch(socket: ChatSocket): void {
    if (!socket.connected) return;
    const { expiresAtMs } = socket.data.caller;
    const noticeAtMs = expiresAtMs - noticeMs;
    if (noticeAtMs > this.clock.nowMs()) this.deadlines.set(socket, noticeAtMs);
    else this.giveNotice(socket, expiresAtMs);
  }

  forget(socket: ChatSocket): void {
    this.deadlines.delete(socket);
  }

  private look(): void {
    const nowMs = this.clock.nowMs();
    for (const socket of this.deadlines.takeDue(nowMs)) {
      runInBackground('token expiry', () => this.act(socket, nowMs));
    }
  }

  private act(socket: ChatSocket, nowMs: number): void {
    const { expiresAtMs } = socket.data.caller;
    if (expiresAtMs <= nowMs) closeSocket(socket, 'auth/token_expired');
    else this.giveNotice(socket, expiresAtMs);
  }

  private giveNotice(socket: ChatSocket, expiresAtMs: number): void {
    socket.emit('session:expiring', { expiresAt: new Date(expiresAtMs).toISOString() });
    this.deadlines.set(socket, expiresAtMs);
  }
}
