import { Injectable } from '@nestjs/common';
import type { RemovalReason, Role } from '@roost/contract';
import { ChatsRepository } from '../access/chats.repository.js';
import { MembersRepository } from '../access/members.repository.js';
import { Profiles, unknownUser } from '../accounts/users/profiles.js';
import { ClusterEvents } from '../cluster/cluster-events.js';
import { ChangeKinds } from '../logs/change-kinds.js';
import type { ChangeOf } from '../logs/change-kinds.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import { memberView } from './member.view.js';

declare module '../logs/change-kinds.js' {
  interface ChangeBodies {
    'member:added': { readonly userId: string; readonly role: Role; readonly readSeq: number };
    'member:removed': { readonly userId: string; readonly reason: RemovalReason };
  }
}

/** The changes of membership: the member, the count of members, and the rooms of the person's sockets. */
@Injectable()
export class MemberChanges {
  constructor(
    kinds: ChangeKinds,
    private readonly members: MembersRepository,
    private readonly chats: ChatsRepository,
    private readonly profiles: Profiles,
    private readonly clusterEvents: ClusterEvents,
    broadcaster: Broadcaster,
  ) {
    kinds.register('member:added', {
      apply: async ({ chatId, rev, at, body: { userId, role, readSeq } }) => {
        const id = chatId.toHexString();
        await this.members.add({ chatId: id, userId, role, joinedAt: at, readSeq, rev });
        await this.announce(id, userId, rev);
      },
      show: async (change) => ({ member: await this.memberNow(change) }),
    });
    kinds.register('member:removed', {
      apply: async ({ chatId, rev, body: { userId } }) => {
        const id = chatId.toHexString();
        await this.members.remove(id, userId, rev);
        await this.announce(id, userId, rev);
      },
      // Applied, the person's sockets are out of the room: this is the last fact of the chat that they get.
      tell: (fact) => broadcaster.toChatAndUser(fact.chatId, fact.userId, fact.kind, fact),
    });
  }

  /** Says what is so now, which a later change may have decided already. */
  private async announce(chatId: string, userId: string, rev: number): Promise<void> {
    const [count, member] = await Promise.all([this.members.count(chatId), this.members.find(chatId, userId)]);
    await this.chats.setMemberCount(chatId, count, rev);
    const userIds = [userId];
    await this.clusterEvents.emitAndWait('membership:changed', {
      chatId,
      joined: member ? userIds : [],
      left: member ? [] : userIds,
    });
  }

  /** Who has left since is shown as they were added. */
  private async memberNow({ chatId, at, body: { userId, role, readSeq } }: ChangeOf<'member:added'>) {
    const user = (await this.profiles.all([userId])).get(userId) ?? unknownUser(userId);
    const member = await this.members.find(chatId.toHexString(), userId);
    if (member) return memberView(member, user);
    return { user, role, joinedAt: at.toISOString(), readSeq, deliveredSeq: readSeq };
  }
}
