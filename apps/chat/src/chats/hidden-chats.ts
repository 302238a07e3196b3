import { Injectable } from '@nestjs/common';
import { MembersRepository } from '../access/members.repository.js';
import type { Caller } from '../kernel/caller.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { Broadcaster } from '../sockets/broadcaster.js';

/**
 * Direct chats that one of the two has put out of their list: there again with the next message. Nothing is counted or
 * undone for that: a chat is hidden as long as its last message is not above the one at which it was hidden.
 */
@Injectable()
export class HiddenChats {
  constructor(
    private readonly members: MembersRepository,
    private readonly messages: MessagesRepository,
    private readonly broadcaster: Broadcaster,
  ) {}

  /** For this person alone, on all their devices; what is there counts as read. Harmless to repeat: told once. */
  async hide({ userId }: Caller, chatId: string): Promise<void> {
    const seq = await this.messages.readHead(chatId);
    if (await this.members.hide(chatId, userId, seq)) this.broadcaster.toUser(userId, 'chat:hidden', { chatId, seq });
  }
}
