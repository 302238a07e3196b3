import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { MessageDraft } from '@roost/contract';
import { MembersRepository } from '../access/members.repository.js';
import type { Caller } from '../kernel/caller.js';
import { MessagesRepository } from './messages.repository.js';

/** Whom a message may mention: members of its chat. */
@Injectable()
export class Mentions {
  constructor(
    private readonly members: MembersRepository,
    private readonly messages: MessagesRepository,
  ) {}

  /** @throws ChatError request/invalid, saying which are no members */
  async require(caller: Pick<Caller, 'userId'>, draft: MessageDraft): Promise<void> {
    const { chatId, mentions = [], clientMessageId } = draft;
    if (mentions.length === 0) return;
    const found = await this.members.among(chatId, mentions);
    const present = new Set(found.map(({ userId }) => userId.toHexString()));
    const details = mentions.flatMap((userId, index) =>
      present.has(userId) ? [] : [{ path: `mentions.${index}`, message: 'is not a member of this chat' }],
    );
    if (details.length === 0) return;
    // A retry finds its message, whoever has left meanwhile.
    const first = clientMessageId && (await this.messages.bySender(chatId, caller.userId, clientMessageId));
    if (!first) throw new ChatError('request/invalid', { details });
  }
}
