import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { ReplyOf, Unread } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { ChatReadsRepository } from '../chats/chat-reads.repository.js';
import { ChatViews } from '../chats/chat-views.js';
import { MemberMarkers } from '../chats/member-markers.js';
import type { Caller } from '../kernel/caller.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import { ReceiptTeller } from './receipt-teller.js';
import { ReceiptsRepository } from './receipts.repository.js';
import type { ReceiptKind } from './receipts.repository.js';

/** How far people have read and got their chats. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly access: ChatAccess,
    private readonly receipts: ReceiptsRepository,
    private readonly markers: MemberMarkers,
    private readonly views: ChatViews,
    private readonly reads: ChatReadsRepository,
    private readonly teller: ReceiptTeller,
    private readonly broadcaster: Broadcaster,
  ) {}

  /**
   * Moves the caller's marker forward, if it is not there yet; harmless to repeat, in any order. Gives where it is then.
   * @throws ChatError chat/access_denied
   */
  async mark({ userId }: Caller, kind: ReceiptKind, chatId: string, wantedSeq: number): Promise<{ seq: number }> {
    await this.access.forMember({ userId }, chatId);
    const marked = await this.receipts.set({ kind, chatId, userId, seq: wantedSeq });
    if (!marked) throw new ChatError('chat/access_denied');
    const { seq, isNews, memberCount } = marked;
    if (isNews) {
      if (kind === 'read') this.broadcaster.toUser(userId, 'receipt:read', { chatId, userId, seq });
      if (memberCount <= limits.receiptMembers) this.teller.tell(kind, chatId, userId, seq);
    }
    return { seq };
  }

  /** @throws ChatError chat/access_denied */
  async list(caller: Caller, chatId: string): Promise<ReplyOf<'receipt:list'>> {
    await this.access.forMember(caller, chatId);
    const members = await this.receipts.markersOf(chatId, limits.receiptMembers + 1);
    if (members.length > limits.receiptMembers) return { receipts: [], isLarge: true };
    const markers = await this.markers.of(chatId, members);
    const receipts = members.map(({ userId }, index) => ({ userId: userId.toHexString(), ...markers[index]! }));
    return { receipts };
  }

  /**
   * What is unread in those of the given chats that are the caller's. One that changed while it was counted is left out: the count may be
   * of before or after, and whoever needs it asks again.
   */
  async unread({ userId }: Caller, chatIds: readonly string[]): Promise<Record<string, Unread>> {
    const { items } = await this.views.all(userId, { chatIds, limit: chatIds.length, withMembers: false });
    const now = await this.reads.positions(items.map(({ chat: { id } }) => id));
    const exact = items.filter(({ chat: { id, rev } }) => now.get(id)?.rev === rev);
    return Object.fromEntries(
      exact.map(({ chat: { id, readSeq, unreadCount, lastSeq, rev } }) => [
        id,
        { readSeq, unreadCount, seq: lastSeq, rev },
      ]),
    );
  }
}
