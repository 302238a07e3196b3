import { Injectable } from '@nestjs/common';
import { TrailingFlight } from '../kernel/trailing-flight.js';
import { ChatsRepository } from './chats.repository.js';
import { MembersRepository } from './members.repository.js';

/** Times in a row that another replica may count in between: it has counted what it changed, so this ends. */
const attemptsMax = 100;

/**
 * Keeps `memberCount` of a chat right, in whatever order changes of membership are applied. A count is taken only where
 * none was taken since before it began: so each is newer than the one before, and the last change that is applied is in it.
 */
@Injectable()
export class MemberCounts {
  /** Many changes at once are one count: it begins after the last of them. */
  private readonly counts = new TrailingFlight<boolean>();

  constructor(
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
  ) {}

  /** Counts what was applied before. False where the chat is no more. */
  recount(chatId: string): Promise<boolean> {
    return this.counts.get(chatId, () => this.count(chatId));
  }

  private async count(chatId: string): Promise<boolean> {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const chat = await this.chats.byId(chatId);
      if (!chat) return false;
      if (await this.chats.setMemberCount(chat, await this.members.count(chatId))) return true;
    }
    throw new Error(`members of ${chatId} were counted by others all the time`);
  }
}
