import { Injectable } from '@nestjs/common';
import type { FactName, FactOf, ServerToClientEvents } from '@roost/contract';
import type { ChatServer, ChatSocket } from './chat-socket.js';

/** The sockets of this replica. */
@Injectable()
export class LocalSockets {
  private server: ChatServer | undefined;

  attach(server: ChatServer): void {
    this.server = server;
  }

  /** Ids of the sockets in a room. */
  in(room: string): ReadonlySet<string> {
    return this.server?.of('/').adapter.rooms.get(room) ?? new Set();
  }

  isInUse(room: string): boolean {
    return this.server?.of('/').adapter.rooms.has(room) ?? false;
  }

  all(): Iterable<ChatSocket> {
    return this.server?.of('/').sockets.values() ?? [];
  }

  /** Tells one socket; nothing where it is gone. */
  emit<F extends FactName>(socketId: string, fact: F, payload: FactOf<F>): void {
    const args = [payload] as unknown as Parameters<ServerToClientEvents[F]>;
    this.server
      ?.of('/')
      .sockets.get(socketId)
      ?.emit(fact, ...args);
  }
}
