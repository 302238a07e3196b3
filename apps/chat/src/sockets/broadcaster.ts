import { Injectable } from '@nestjs/common';
import type { FactName, FactOf, ServerToClientEvents } from '@roost/contract';
import { guardedListener } from '../kernel/boundary.js';
import type { ChatServer } from '../kernel/chat-socket.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { countFact } from './metrics.js';
import { chatRoom, everyReplicasRoom, openRoom, topicRoom, userRoom } from './rooms.js';

/** How long replicas are given to subscribe to the room of a chat that somebody is new in. */
const joiningMs = 2_000;

/** Facts that are sent right after a cluster event which brings their readers into a room or takes them out of it. */
const besideClusterEvents: ReadonlySet<FactName> = new Set([
  'chat:created',
  'chat:deleted',
  'member:added',
  'member:removed',
]);

/**
 * The only emitter of facts: to a chat, a user, a topic or everybody, on whatever replica their sockets are. One
 * publish a call; local sockets do not wait for Redis, and nothing here fails or is awaited.
 */
@Injectable()
export class Broadcaster {
  private server: ChatServer | undefined;
  private readonly joining = new Map<string, NodeJS.Timeout>();

  constructor(clusterEvents: ClusterEvents) {
    clusterEvents.on('membership:changed', ({ chatId, joined }) => {
      if (joined.length > 0) this.awaitSubscriptions(chatRoom(chatId));
    });
  }

  attach(server: ChatServer): void {
    this.server = server;
  }

  toChat<F extends FactName>(chatId: string, fact: F, payload: FactOf<F>): void {
    this.emit(chatRoom(chatId), fact, payload);
  }

  /** To the sockets that have the chat open. */
  toOpen<F extends FactName>(chatId: string, fact: F, payload: FactOf<F>): void {
    this.emit(openRoom(chatId), fact, payload);
  }

  /** The same without those of one person. */
  toOthersInOpen<F extends FactName>(chatId: string, userId: string, fact: F, payload: FactOf<F>): void {
    this.emit(openRoom(chatId), fact, payload, userRoom(userId));
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

  /** To everybody in these chats but this person, once to each socket. */
  toChatsBeside<F extends FactName>(chatIds: readonly string[], userId: string, fact: F, payload: FactOf<F>): void {
    if (chatIds.length > 0) this.emit(chatIds.map(chatRoom), fact, payload, userRoom(userId));
  }

  toTopic<F extends FactName>(topic: string, fact: F, payload: FactOf<F>): void {
    this.emit(topicRoom(topic), fact, payload);
  }

  toEverybody<F extends FactName>(fact: F, payload: FactOf<F>): void {
    this.emit([], fact, payload);
  }

  private emit<F extends FactName>(rooms: string | string[], fact: F, payload: FactOf<F>, except?: string): void {
    if (!this.server) throw new Error('the socket server is not there yet');
    // Socket.IO's types cannot see that a fact's name and its payload belong together once the name is a variable.
    const args = [payload] as unknown as Parameters<ServerToClientEvents[F]>;
    const to = this.isForAllReplicas(rooms, fact) ? [rooms, everyReplicasRoom].flat() : rooms;
    const readers = this.server.to(to);
    (except === undefined ? readers : readers.except(except)).emit(fact, ...args);
    countFact(fact);
  }

  /**
   * The sharded adapter sends a fact that is for one room over the channel of that room, and a fact for several over the channel
   * of cluster events, which all replicas hear. Two channels may be on two nodes of Redis, where nothing keeps their order, and a
   * replica hears the channel of a room only once it has subscribed. So a fact must go the second way where it has to come
   * after a cluster event, or where replicas may still be subscribing to the room.
   */
  private isForAllReplicas(rooms: string | string[], fact: FactName): boolean {
    return (
      rooms.length > 0 && (besideClusterEvents.has(fact) || (typeof rooms === 'string' && this.joining.has(rooms)))
    );
  }

  private awaitSubscriptions(room: string): void {
    clearTimeout(this.joining.get(room));
    const forget = guardedListener('broadcaster', () => this.joining.delete(room));
    this.joining.set(room, setTimeout(forget, joiningMs).unref());
  }
}
