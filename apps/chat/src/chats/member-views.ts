import { Injectable } from '@nestjs/common';
import type { ChatType, Member } from '@roost/contract';
import type { MemberDocument } from '../access/member.schema.js';
import { roleIn } from '../access/roles.js';
import { Profiles, unknownUser } from '../accounts/users/profiles.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { ChatReadsRepository } from './chat-reads.repository.js';

/** Members as the others of their chat see them. */
@Injectable()
export class MemberViews {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly reads: ChatReadsRepository,
    private readonly profiles: Profiles,
  ) {}

  /** Of one chat, in the order given. */
  async of(type: ChatType, members: readonly MemberDocument[]): Promise<Member[]> {
    const [first] = members;
    if (!first) return [];
    const users = await this.profiles.all(members.map(({ userId }) => userId.toHexString()));
    const readSeqs = await this.readSeqsOf(first.chatId.toHexString(), members);
    return members.map(({ userId, role, joinedAt, deliveredSeq }, index) => {
      const [id, readSeq] = [userId.toHexString(), readSeqs[index] ?? 0];
      const user = users.get(id) ?? unknownUser(id);
      const marks = { readSeq, deliveredSeq: Math.max(deliveredSeq, readSeq) };
      return { user, role: roleIn(type, role), joinedAt: joinedAt.toISOString(), ...marks };
    });
  }

  /** Sending marks all before as read: one's own last message moves the marker. */
  private async readSeqsOf(chatId: string, members: readonly MemberDocument[]): Promise<readonly number[]> {
    const head = await this.messages.readHead(chatId);
    const behind = members.filter(({ readSeq }) => readSeq < head);
    const own = behind.length > 0 ? await this.reads.ownSeqs(chatId, behind) : new Map<string, number>();
    return members.map(({ userId, readSeq }) => Math.max(readSeq, own.get(userId.toHexString()) ?? 0));
  }
}
