import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { ChatDocument } from '../access/chat.schema.js';
import { ChatsRepository } from '../access/chats.repository.js';
import type { MemberDocument } from '../access/member.schema.js';
import { MembersRepository } from '../access/members.repository.js';
import type { Caller } from '../kernel/caller.js';

/** A chat of the caller, as both sides of the membership say at this moment. */
export interface Own {
  readonly chat: ChatDocument;
  readonly member: MemberDocument;
}

/** The chats of a caller, read anew: nothing that is remembered of memberships is trusted here. */
@Injectable()
export class OwnChats {
  constructor(
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
  ) {}

  /** By id. */
  async all(caller: Caller): Promise<Map<string, Own>> {
    const memberships = await this.members.ofUser(caller.userId);
    const byChat = new Map(memberships.map((member) => [member.chatId.toHexString(), member]));
    const own = new Map<string, Own>();
    for (const chat of await this.chats.live([...byChat.keys()])) {
      const chatId = chat._id.toHexString();
      const member = byChat.get(chatId);
      if (member) own.set(chatId, { chat, member });
    }
    return own;
  }

  /** @throws ChatError chat/access_denied */
  async one(caller: Caller, chatId: string): Promise<Own> {
    const [chat, member] = await Promise.all([this.chats.byId(chatId), this.members.find(chatId, caller.userId)]);
    if (!chat || !member) throw new ChatError('chat/access_denied');
    return { chat, member };
  }

  ids(caller: Caller): Promise<string[]> {
    return this.members.chatIdsOf(caller.userId);
  }
}
