import { Injectable } from '@nestjs/common';
import type { Member, RemovalReason, Role } from '@roost/contract';
import { MemberCounts } from '../access/member-counts.js';
import { MembersRepository } from '../access/members.repository.js';
import type { NewMember } from '../access/members.repository.js';
import { Profiles, unknownUser } from '../accounts/users/profiles.js';
import { ChangeKinds } from '../logs/change-kinds.js';
import type { ChangeOf } from '../logs/change-kinds.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import { banRecordOf } from './ban-body.js';
import type { BanBody } from './ban-body.js';
import { KeptOfChats } from '../own-log/kept-of-chats.js';
import { MemberViews } from './member-views.js';
import { MembershipAnnouncer } from './membership-announcer.js';

declare module '../logs/change-kinds.js' {
  interface ChangeBodies {
    'member:added': { readonly userId: string; readonly role: Role; readonly readSeq: number };
    'member:removed': { readonly userId: string; readonly reason: RemovalReason } & BanBody;
  }
}

/** The changes of membership: the member, the count of members, and the rooms of the person's sockets. */
@Injectable()
export class MemberChanges {
  constructor(
    kinds: ChangeKinds,
    private readonly members: MembersRepository,
    private readonly counts: MemberCounts,
    private readonly views: MemberViews,
    private readonly profiles: Profiles,
    private readonly announcer: MembershipAnnouncer,
    private readonly kept: KeptOfChats,
    broadcaster: Broadcaster,
  ) {
    kinds.register('member:added', {
      apply: async (changes) => {
        for (const [chatId, some] of Map.groupBy(changes, (change) => change.chatId.toHexString()))
          await this.kept.beginAnew(chatId, new Map(some.map(({ at, body }) => [body.userId, at])));
        await this.members.addAll(changes.map(membershipOf));
        await this.recountAndAnnounce(changes);
      },
      show: (changes) => this.membersNow(changes),
    });
    kinds.register('member:removed', {
      apply: async (changes) => {
        for (const change of changes) await this.remove(change);
        await this.recountAndAnnounce(changes);
      },
      // Why somebody is banned is not for all to see.
      show: (changes) => Promise.resolve(changes.map(({ body: { userId, reason } }) => ({ userId, reason }))),
      // Applied, the person's sockets are out of the room: this is the last fact of the chat that they get.
      tell: (fact) => broadcaster.toChatAndUser(fact.chatId, fact.userId, fact.kind, fact),
    });
  }

  private remove(change: ChangeOf<'member:removed'>): Promise<void> {
    const { chatId, rev, body } = change;
    if (body.reason !== 'banned') return this.members.remove(chatId.toHexString(), body.userId, rev);
    return this.members.ban(chatId.toHexString(), body.userId, banRecordOf(change), rev);
  }

  /** Once for all of them, whether one person was added or two hundred. */
  private async recountAndAnnounce(changes: readonly MembershipChange[]): Promise<void> {
    const chatId = changes[0]?.chatId.toHexString();
    if (chatId === undefined) return;
    // Who was added while the chat was deleted: whichever of the two comes second ends the membership.
    if (!(await this.counts.recount(chatId))) await this.members.endAll(chatId);
    await this.announcer.announce(chatId, new Set(changes.map(({ body }) => body.userId)));
  }

  /** Those of a chat are read together. */
  private async membersNow(changes: readonly ChangeOf<'member:added'>[]) {
    const now = new Map<string, Member>();
    for (const [chatId, some] of Map.groupBy(changes, (change) => change.chatId.toHexString())) {
      const members = await this.members.among(chatId, [...new Set(some.map(({ body }) => body.userId))]);
      for (const view of await this.views.of(members)) now.set(`${chatId}:${view.user.id}`, view);
    }
    const users = await this.profiles.all(changes.map(({ body }) => body.userId));
    return changes.map(({ chatId, at, body: { userId, role, readSeq } }) => {
      // Who has left since is shown as they were added.
      const asAdded = { role, joinedAt: at.toISOString(), readSeq, deliveredSeq: readSeq };
      const user = users.get(userId) ?? unknownUser(userId);
      return { member: now.get(`${chatId.toHexString()}:${userId}`) ?? { user, ...asAdded } };
    });
  }
}

type MembershipChange = ChangeOf<'member:added' | 'member:removed'>;

const membershipOf = ({ chatId, rev, at, body }: ChangeOf<'member:added'>): NewMember => ({
  ...body,
  chatId: chatId.toHexString(),
  joinedAt: at,
  rev,
});
