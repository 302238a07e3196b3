import { Injectable } from '@nestjs/common';
import type { MemberDocument } from '../access/member.schema.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { ChatReadsRepository } from './chat-reads.repository.js';

/** How far a member has read a chat, and how far it has got to one of their devices. */
export interface Markers {
  readonly readSeq: number;
  readonly deliveredSeq: number;
}

/** How far members have read and got their chat, what they said themselves included. */
@Injectable()
export class MemberMarkers {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly reads: ChatReadsRepository,
  ) {}

  /** Of members of one chat, in the order given. Sending marks all before as read: one's own last message moves the marker. */
  async of(chatId: string, members: readonly MemberDocument[]): Promise<readonly Markers[]> {
    const head = await this.messages.readHead(chatId);
    const behind = members.filter(({ readSeq }) => readSeq < head);
    const own = behind.length > 0 ? await this.reads.ownSeqs(chatId, behind) : new Map<string, number>();
    return members.map(({ userId, ...kept }) => {
      const readSeq = Math.max(kept.readSeq, own.get(userId.toHexString()) ?? 0);
      return { readSeq, deliveredSeq: Math.max(kept.deliveredSeq, readSeq) };
    });
  }
}
