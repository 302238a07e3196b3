import { Injectable } from '@nestjs/common';
import type { ChatType, Member } from '@roost/contract';
import type { MemberDocument } from '../access/member.schema.js';
import { roleIn } from '../access/roles.js';
import { Profiles, unknownUser } from '../accounts/users/profiles.js';
import { batches } from '../kernel/batches.js';
import { MessagesRepository } from '../messages/messages.repository.js';

/** Members whose last own message is looked for at the same time. */
const readsAtOnce = 20;

/** Members as the others of their chat see them. */
@Injectable()
export class MemberViews {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly profiles: Profiles,
  ) {}

  /** Of one chat, in the order given. */
  async of(type: ChatType, members: readonly MemberDocument[]): Promise<Member[]> {
    const [first] = members;
    if (!first) return [];
    const users = await this.profiles.all(members.map(({ userId }) => userId.toHexString()));
    const head = await this.messages.readHead(first.chatId.toHexString());
    const views: Member[] = [];
    for (const batch of batches(members, readsAtOnce)) {
      const readSeqs = await Promise.all(batch.map((member) => this.readSeqOf(member, head)));
      batch.forEach(({ userId, role, joinedAt, deliveredSeq }, index) => {
        const [id, readSeq] = [userId.toHexString(), readSeqs[index] ?? 0];
        const user = users.get(id) ?? unknownUser(id);
        const marks = { readSeq, deliveredSeq: Math.max(deliveredSeq, readSeq) };
        views.push({ user, role: roleIn(type, role), joinedAt: joinedAt.toISOString(), ...marks });
      });
    }
    return views;
  }

  /** Sending marks all before as read: one's own last message moves the marker. */
  private async readSeqOf({ chatId, userId, readSeq }: MemberDocument, head: number): Promise<number> {
    if (readSeq >= head) return readSeq;
    return Math.max(readSeq, await this.messages.lastOwnSeq(chatId.toHexString(), userId.toHexString()));
  }
}
