import { Injectable } from '@nestjs/common';
import type { ChatType, Member } from '@roost/contract';
import type { MemberDocument } from '../access/member.schema.js';
import { roleIn } from '../access/roles.js';
import { Profiles, unknownUser } from '../accounts/users/profiles.js';
import { MemberMarkers } from './member-markers.js';

/** Members as the others of their chat see them. */
@Injectable()
export class MemberViews {
  constructor(
    private readonly markers: MemberMarkers,
    private readonly profiles: Profiles,
  ) {}

  /** Of one chat, in the order given. */
  async of(type: ChatType, members: readonly MemberDocument[]): Promise<Member[]> {
    const [first] = members;
    if (!first) return [];
    const users = await this.profiles.all(members.map(({ userId }) => userId.toHexString()));
    const markers = await this.markers.of(first.chatId.toHexString(), members);
    return members.map(({ userId, role, joinedAt }, index) => {
      const id = userId.toHexString();
      const user = users.get(id) ?? unknownUser(id);
      return { user, role: roleIn(type, role), joinedAt: joinedAt.toISOString(), ...markers[index]! };
    });
  }
}
