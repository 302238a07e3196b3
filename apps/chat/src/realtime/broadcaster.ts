import { Injectable } from '@nestjs/common';
import type { FactName, FactOf, ServerToClientEvents } from '@roost/contract';
import { countFact } from '@roost/observability';
import type { ChatServer } from './chat-socket.js';
import { chatRoom, topicRoom, userRoom } from './rooms.js';

/**
 * The only emitter of facts: to a chat, a user, a topic or everybody, on whatever replica their sockets are. One
 * publish a call; local sockets do not wait for Redis, and nothing here fails or is awaited.
 */
@Injectable()
export class Broadcaster {
  private server: ChatServer | undefined;

  attach(server: ChatServer): void {
    this.server = server;
  }

  toChat<F extends FactName>(chatId: string, fact: F, payload: FactOf<F>): void {
    this.emit(chatRoom(chatId), fact, payload);
  }

  toUser<F extends FactName>(userId: string, fact: F, payload: FactOf<F>): void {
    this.emit(userRoom(userId), fact, payload);
  }

  toUsers<F extends FactName>(userIds: readonly string[], fact: F, payload: FactOf<F>): void {
    if (userIds.length > 0) this.emit(userIds.map(userRoom), fact, payload);
  }

  /** Once to each socket, also to those in the chat and of the user. */
  toChatAndUser<F extends FactName>(chatId: string, userId: string, fact: F, payload: FactOf<F>): void {
    this.emit([chatRoom(chatId), userRoom(userId)], fact, payload);
  }

  toTopic<F extends FactName>(topic: string, fact: F, payload: FactOf<F>): void {
    this.emit(topicRoom(topic), fact, payload);
  }

  toEverybody<F extends FactName>(fact: F, payload: FactOf<F>): void {
    this.emit([], fact, payload);
  }

  private emit<F extends FactName>(rooms: string | string[], fact: F, payload: FactOf<F>): void {
    if (!this.server) throw new Error('the socket server is not there yet');
    // Socket.IO's types cannot see that a fact's name and its payload belong together once the name is a variable.
    const args = [payload] as unknown as Parameters<ServerToClientEvents[F]>;
    this.server.to(rooms).emit(fact, ...args);
    countFact(fact);
  }
}
