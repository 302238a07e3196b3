import { Injectable } from '@nestjs/common';
import { runInBackground } from '../kernel/boundary.js';
import type { ChatServer, ChatSocket } from '../kernel/chat-socket.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { MembershipNews } from '../cluster/membership-news.js';
import { chatRoom, openRoom, partlyJoinedRoom, userRoom } from './rooms.js';

/** The chats that a person left while somebody was reading which ones they are in. */
interface Reader {
  readonly userId: string;
  readonly left: Set<string>;
}

/** The chats that a person's sockets join on connect; `isAll` where there are no others. */
export interface RoomsOfPerson {
  readonly chatIds: readonly string[];
  readonly isAll: boolean;
}

/** What of a socket is there before it is connected. */
interface Joining {
  join(rooms: string | string[]): Promise<void> | void;
}

/** Keeps the sockets of this replica in the rooms of their user's chats, from before `connect` to the end. */
@Injectable()
export class RoomKeeper {
  private readonly readers = new Set<Reader>();

  constructor(
    private readonly clusterEvents: ClusterEvents,
    private readonly news: MembershipNews,
  ) {}

  attach(server: ChatServer): void {
    const { adapter } = server.of('/');
    // Through the adapter, not the sockets: one that is about to connect has rooms, but is no socket to the server yet.
    const eachSocketOf = (userIds: readonly string[], act: (socketId: string) => unknown) => {
      for (const userId of userIds)
        for (const socketId of adapter.rooms.get(userRoom(userId)) ?? []) runInBackground('rooms', () => act(socketId));
    };
    this.news.watch(({ chatId, joined, left }) => {
      eachSocketOf(joined, (socketId) => adapter.addAll(socketId, new Set([chatRoom(chatId)])));
      for (const room of roomsOf(chatId)) eachSocketOf(left, (socketId) => adapter.del(socketId, room));
      for (const reader of this.readers) if (left.includes(reader.userId)) reader.left.add(chatId);
    });
    this.clusterEvents.on('chat:deleted', ({ chatId }) => {
      for (const room of roomsOf(chatId))
        for (const socketId of adapter.rooms.get(room) ?? [])
          runInBackground('rooms', () => adapter.del(socketId, room));
    });
  }

  /**
   * Brings a socket that is being let in into its rooms. Its user's room first: who is added to a chat while the list
   * is being read is found there; who is removed meanwhile does not come back with the older list.
   */
  enter(socket: Joining, userId: string, read: () => Promise<RoomsOfPerson>): Promise<void> {
    return this.watching(userId, async (left) => {
      await socket.join(userRoom(userId));
      const { chatIds, isAll } = await read();
      const rooms = chatIds.filter((chatId) => !left.has(chatId)).map(chatRoom);
      await socket.join(isAll ? rooms : [...rooms, partlyJoinedRoom]);
    });
  }

  /** Brings connected sockets of a person into more of their chats than were joined on connect. */
  enterMore(
    sockets: readonly ChatSocket[],
    userId: string,
    readChatIds: () => Promise<readonly string[]>,
  ): Promise<void> {
    return this.watching(userId, async (left) => {
      const rooms = (await readChatIds()).filter((chatId) => !left.has(chatId)).map(chatRoom);
      if (rooms.length > 0) await Promise.all(sockets.map(async (socket) => socket.join(rooms)));
    });
  }

  /** The same for the one chat that is opened, which is read then. Who is removed meanwhile has it open no more. */
  open<Result>(socket: ChatSocket, chatId: string, read: () => Promise<Result>): Promise<Result> {
    return this.watching(socket.data.caller.userId, async (left) => {
      const result = await read();
      if (!left.has(chatId)) await socket.join(roomsOf(chatId));
      return result;
    });
  }

  /** Its facts still come, while the person is a member. */
  async close(socket: ChatSocket, chatId: string): Promise<void> {
    await socket.leave(openRoom(chatId));
  }

  private async watching<Result>(userId: string, work: (left: Set<string>) => Promise<Result>): Promise<Result> {
    const reader: Reader = { userId, left: new Set() };
    this.readers.add(reader);
    try {
      return await work(reader.left);
    } finally {
      this.readers.delete(reader);
    }
  }
}

const roomsOf = (chatId: string): string[] => [chatRoom(chatId), openRoom(chatId)];
