import { Injectable } from '@nestjs/common';
import { ChangeLog } from '../changes/change-log.js';
import { ChatsRepository } from '../chats/chats.repository.js';
import { ClusterEvents } from '../realtime/cluster-events.js';
import { MembersRepository } from './members.repository.js';

/** Applies changes of membership: the member, the count of members, and the rooms of the person's sockets. */
@Injectable()
export class MemberChanges {
  constructor(
    changes: ChangeLog,
    private readonly members: MembersRepository,
    private readonly chats: ChatsRepository,
    private readonly clusterEvents: ClusterEvents,
  ) {
    changes.onApply('member:added', async ({ chatId, rev, at, body: { userId, role, readSeq } }) => {
      const id = chatId.toHexString();
      await this.members.add({ chatId: id, userId, role, joinedAt: at, readSeq, rev });
      await this.settle(id, userId, rev);
    });
    changes.onApply('member:removed', async ({ chatId, rev, body: { userId } }) => {
      const id = chatId.toHexString();
      await this.members.remove(id, userId, rev);
      await this.settle(id, userId, rev);
    });
  }

  /** Says what is so now, which a later change may have decided already. */
  private async settle(chatId: string, userId: string, rev: number): Promise<void> {
    const [count, member] = await Promise.all([this.members.count(chatId), this.members.find(chatId, userId)]);
    await this.chats.setMemberCount(chatId, count, rev);
    const userIds = [userId];
    await this.clusterEvents.emitAndWait('membership:changed', {
      chatId,
      joined: member ? userIds : [],
      left: member ? [] : userIds,
    });
  }
}
