import { Injectable } from '@nestjs/common';
import type { Member, Role } from '@roost/contract';
import { ChatsRepository } from '../access/chats.repository.js';
import { MembersRepository } from '../access/members.repository.js';
import { ChangeKinds, oneByOne } from '../logs/change-kinds.js';
import type { ChangeOf } from '../logs/change-kinds.js';
import { MemberViews } from './member-views.js';
import { MembershipAnnouncer } from './membership-announcer.js';

declare module '../logs/change-kinds.js' {
  interface ChangeBodies {
    /** With `previousOwnerId` it is a hand-over, and that one an admin by it. */
    'member:updated': { readonly userId: string; readonly role: Role; readonly previousOwnerId?: string };
  }
}

type RoleChange = ChangeOf<'member:updated'>;

/** The changes of roles: who owns the chat, and what the others are in it. */
@Injectable()
export class RoleChanges {
  constructor(
    kinds: ChangeKinds,
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly views: MemberViews,
    private readonly announcer: MembershipAnnouncer,
  ) {
    kinds.register('member:updated', {
      // A hand-over is about two people: a later change of one of them does not say what became of the other.
      key: ({ userId, previousOwnerId }) => (previousOwnerId === undefined ? `role ${userId}` : undefined),
      apply: oneByOne((change) => this.apply(change)),
      show: (changes) => this.show(changes),
    });
  }

  /**
   * The owner first: who reads a membership that has changed, and the chat after it, knows by whom that is owned. The rev of the roles last: the
   * next change of them is decided on it, and on memberships that are read after it.
   */
  private async apply({ chatId, rev, body }: RoleChange): Promise<void> {
    const id = chatId.toHexString();
    const { userId, role, previousOwnerId } = body;
    if (role === 'owner') await this.chats.setOwner(id, userId, rev);
    await this.members.setRole(id, userId, role, rev);
    if (previousOwnerId !== undefined) await this.members.setRole(id, previousOwnerId, 'admin', rev);
    await this.chats.setRolesRev(id, rev);
    await this.announcer.announce(id, new Set(peopleOf(body)));
  }

  /** As they are now; who has left since, as they were last. Those of a chat are read together. */
  private async show(changes: readonly RoleChange[]) {
    const now = new Map<string, Member>();
    for (const [chatId, some] of Map.groupBy(changes, (change) => change.chatId.toHexString())) {
      const userIds = new Set(some.flatMap(({ body }) => peopleOf(body)));
      const views = await this.views.of(await this.members.everAmong(chatId, [...userIds]));
      for (const view of views) now.set(`${chatId}:${view.user.id}`, view);
    }
    return changes.map(({ chatId, body: { userId, previousOwnerId } }) => {
      const of = (id: string) => now.get(`${chatId.toHexString()}:${id}`);
      const member = of(userId);
      const previousOwner = previousOwnerId === undefined ? undefined : of(previousOwnerId);
      return member && { member, ...(previousOwner && { previousOwner }) };
    });
  }
}

const peopleOf = ({ userId, previousOwnerId }: RoleChange['body']): readonly string[] =>
  previousOwnerId === undefined ? [userId] : [userId, previousOwnerId];
