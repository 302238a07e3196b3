import { Injectable } from '@nestjs/common';
import type { ChatServer } from './chat-socket.js';
import { ClusterEvents } from './cluster-events.js';
import { chatRoom, userRoom } from './rooms.js';

/** Changes of memberships heard while a socket is being let in. */
interface Arrival {
  readonly userId: string;
  readonly left: Set<string>;
}

/** Keeps the sockets of this replica in the rooms of their user's chats, from before `connect` to the end. */
@Injectable()
export class RoomKeeper {
  private readonly arrivals = new Set<Arrival>();

  constructor(private readonly clusterEvents: ClusterEvents) {}

  attach(server: ChatServer): void {
    const { adapter } = server.of('/');
    // Through the adapter, not the sockets: one that is about to connect has rooms, but is no socket to the server yet.
    const eachSocketOf = (userIds: readonly string[], act: (socketId: string) => void) => {
      for (const userId of userIds) for (const socketId of adapter.rooms.get(userRoom(userId)) ?? []) act(socketId);
    };
    this.clusterEvents.on('membership:changed', ({ chatId, joined, left }) => {
      eachSocketOf(joined, (socketId) => void adapter.addAll(socketId, new Set([chatRoom(chatId)])));
      eachSocketOf(left, (socketId) => void adapter.del(socketId, chatRoom(chatId)));
      for (const arrival of this.arrivals) if (left.includes(arrival.userId)) arrival.left.add(chatId);
    });
    this.clusterEvents.on('chat:deleted', ({ chatId }) => {
      for (const socketId of adapter.rooms.get(chatRoom(chatId)) ?? []) void adapter.del(socketId, chatRoom(chatId));
    });
  }

  /**
   * Brings a socket that is being let in into its rooms. Its user's room first: who is added to a chat while the list
   * is being read is found there; who is removed meanwhile does not come back with the older list.
   */
  async enter(
    socket: { join(rooms: string | string[]): Promise<void> | void },
    userId: string,
    chatIds: () => Promise<readonly string[]>,
  ): Promise<void> {
    const arrival: Arrival = { userId, left: new Set() };
    this.arrivals.add(arrival);
    try {
      await socket.join(userRoom(userId));
      const found = await chatIds();
      await socket.join(found.filter((chatId) => !arrival.left.has(chatId)).map(chatRoom));
    } finally {
      this.arrivals.delete(arrival);
    }
  }
}
