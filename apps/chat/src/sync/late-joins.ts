import { Injectable } from '@nestjs/common';
import { OwnPlacesRepository } from '../access/own-places.repository.js';
import { batches } from '../kernel/batches.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { LocalSockets } from '../sockets/local-sockets.js';
import { RoomKeeper } from '../sockets/room-keeper.js';
import { chatRoom, partlyJoinedRoom } from '../sockets/rooms.js';

/** People looked up at the same time. */
const peopleAtOnce = 10;
/** Chats in one read. */
const chatsAtOnce = 1_000;

/**
 * Brings sockets of people with more than JOINED_CHATS_MAX chats into those that move: from then on they get all that is
 * said there. Costs one read for such a person and thousand chats that moved, and nothing where nobody here is one.
 */
@Injectable()
export class LateJoins {
  constructor(
    private readonly own: OwnPlacesRepository,
    private readonly sockets: LocalSockets,
    private readonly rooms: RoomKeeper,
  ) {}

  async join(movedIds: Iterable<string>): Promise<void> {
    const people = [...this.sockets.byUserIn(partlyJoinedRoom)];
    if (people.length === 0) return;
    const moved = [...movedIds];
    for (const batch of batches(people, peopleAtOnce)) {
      await Promise.all(batch.map(([userId, sockets]) => this.joinOf(userId, sockets, moved)));
    }
  }

  private async joinOf(userId: string, sockets: readonly ChatSocket[], moved: readonly string[]): Promise<void> {
    const isMissing = (chatId: string) => sockets.some(({ rooms }) => !rooms.has(chatRoom(chatId)));
    for (const chatIds of batches(moved.filter(isMissing), chatsAtOnce)) {
      await this.rooms.enterMore(sockets, userId, () => this.own.chatIdsAmong(userId, chatIds));
    }
  }
}
