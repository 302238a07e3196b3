import { Injectable } from '@nestjs/common';
import type { Member } from '@roost/contract';
import type { MemberDocument } from '../access/member.schema.js';
import { ChatsRepository } from '../access/chats.repository.js';
import { roleOf } from '../access/roles.js';
import { Profiles, unknownUser } from '../accounts/users/profiles.js';
import { MemberMarkers } from './member-markers.js';

/** Members as the others of their chat see them. */
@Injectable()
export class MemberViews {
  constructor(
    private readonly chats: ChatsRepository,
    private readonly markers: MemberMarkers,
    private readonly profiles: Profiles,
  ) {}

  /** Of one chat, in the order given. */
  async of(members: readonly MemberDocument[]): Promise<Member[]> {
    const [first] = members;
    if (!first) return [];
    const chatId = first.chatId.toHexString();
    const [chat, users, markers] = await Promise.all([
      this.chats.byId(chatId),
      this.profiles.all(members.map(({ userId }) => userId.toHexString())),
      this.markers.of(chatId, members),
    ]);
    return members.map((member, index) => {
      const { userId, joinedAt } = member;
      const id = userId.toHexString();
      // Of a chat that is no more, as it was: only groups and channels end so.
      const role = roleOf(chat ?? { type: 'group' }, member);
      const user = users.get(id) ?? unknownUser(id);
      return { user, role, joinedAt: joinedAt.toISOString(), ...markers[index]! };
    });
  }
}
