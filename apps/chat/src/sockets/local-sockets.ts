import { Injectable } from '@nestjs/common';
import type { FactName, FactOf, ServerToClientEvents } from '@roost/contract';
import { guardedListener } from '../kernel/boundary.js';
import type { ChatServer, ChatSocket } from '../kernel/chat-socket.js';
import { userRoom } from './rooms.js';

type ChatNamespace = ReturnType<ChatServer['of']>;

/** The sockets of this replica. */
@Injectable()
export class LocalSockets {
  private server: ChatServer | undefined;
  private readonly namespaces: ChatNamespace[] = [];
  private readonly connectedListeners: ((socket: ChatSocket) => void)[] = [];
  private readonly goneListeners: ((socket: ChatSocket) => void)[] = [];

  attach(server: ChatServer): void {
    this.server = server;
    this.namespaces.push(server.of('/'));
    server.on(
      'connection',
      guardedListener('connected socket', (socket: ChatSocket) => {
        const gone = () => this.goneListeners.forEach((listener) => listener(socket));
        socket.once('disconnect', guardedListener('disconnected socket', gone));
        for (const listener of this.connectedListeners) listener(socket);
      }),
    );
    server.on(
      'new_namespace',
      guardedListener('sockets', (namespace) => this.namespaces.push(namespace)),
    );
  }

  /** Ids of the sockets in a room. */
  in(room: string): ReadonlySet<string> {
    return this.server?.of('/').adapter.rooms.get(room) ?? new Set();
  }

  /** Those in a room, by their person. */
  byUserIn(room: string): ReadonlyMap<string, readonly ChatSocket[]> {
    const sockets = Array.from(this.in(room)).flatMap((id) => this.server?.of('/').sockets.get(id) ?? []);
    return Map.groupBy(sockets, ({ data }) => data.caller.userId);
  }

  isInUse(room: string): boolean {
    return this.server?.of('/').adapter.rooms.has(room) ?? false;
  }

  /** How many there are in the namespace of the chats. */
  get count(): number {
    return this.server?.of('/').sockets.size ?? 0;
  }

  /** In every namespace. A copy: sockets may go while it is walked. */
  all(): readonly ChatSocket[] {
    return this.namespaces.flatMap(({ sockets }) => Array.from(sockets.values()));
  }

  /** Those of one person, in every namespace. */
  ofUser(userId: string): readonly ChatSocket[] {
    return this.namespaces.flatMap(({ adapter, sockets }) =>
      Array.from(adapter.rooms.get(userRoom(userId)) ?? []).flatMap((socketId) => sockets.get(socketId) ?? []),
    );
  }

  /** Whose socket of the namespace of the chats it is; undefined where it is gone. */
  userOf(socketId: string): string | undefined {
    return this.server?.of('/').sockets.get(socketId)?.data.caller.userId;
  }

  /** Calls `listener` with every socket that connects from now on, after its first fact. */
  onConnected(listener: (socket: ChatSocket) => void): void {
    this.connectedListeners.push(listener);
  }

  /** Calls `listener` with every one of these sockets that has gone. */
  onGone(listener: (socket: ChatSocket) => void): void {
    this.goneListeners.push(guardedListener('disconnected socket', listener));
  }

  /** Tells every socket of this replica, in the namespace of the chats. */
  tellAll<F extends FactName>(fact: F, payload: FactOf<F>): void {
    const args = [payload] as unknown as Parameters<ServerToClientEvents[F]>;
    this.server?.local.emit(fact, ...args);
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
