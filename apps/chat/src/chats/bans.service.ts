import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { Ban } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { banAt } from '../access/member.schema.js';
import type { MemberDocument } from '../access/member.schema.js';
import { MembersRepository } from '../access/members.repository.js';
import { mayRemove, roleOf } from '../access/roles.js';
import { Profiles, unknownUser } from '../accounts/users/profiles.js';
import { requireUsers } from '../accounts/users/require-users.js';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { mutationOf } from '../logs/mutations.js';
import type { Named } from '../logs/mutations.js';
import { stateOf, untilDecided } from '../logs/overtaken.js';
import { memberCursor } from './member-cursor.js';
import { refuseDirect } from './refuse-direct.js';

/** Whom to keep out, and what the client calls the change. */
type NewBan = Named & {
  readonly userId: string;
  readonly reason?: string | undefined;
  readonly expiresAt?: string | undefined;
};
type Unban = Named & { readonly userId: string };

/** Who is kept out of a chat. A ban is part of what the chat knows of a person, so it and an addition at the same time meet. */
@Injectable()
export class BansService {
  constructor(
    private readonly access: ChatAccess,
    private readonly members: MembersRepository,
    private readonly profiles: Profiles,
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
    private readonly clock: Clock,
  ) {}

  /** A page of bans. @throws ChatError chat/access_denied, chat/role_required */
  async list(caller: Caller, chatId: string, cursor?: string, limit: number = limits.pageItemsDefault) {
    await this.access.forMember(caller, chatId, 'ban');
    const after = cursor === undefined ? undefined : memberCursor(cursor);
    const page = await this.members.banned(chatId, this.now(), after, limit);
    const last = page.length === limit ? page.at(-1) : undefined;
    return { items: await this.shown(page), ...(last && { next: last._id.toHexString() }) };
  }

  /**
   * Keeps somebody out, who is removed where they are a member. Where it is so already, or the change was made before, nothing changes.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed, chat/owner_required, user/unknown, request/invalid,
   * request/mutation_id_reused
   */
  ban(caller: Caller, chatId: string, ban: NewBan): Promise<void> {
    return untilDecided(() => this.banAsItIs(caller, chatId, ban));
  }

  /** Ends a ban. Where there is none nothing changes. @throws ChatError as `ban` */
  unban(caller: Caller, chatId: string, unban: Unban): Promise<void> {
    return untilDecided(() => this.unbanAsItIs(caller, chatId, unban));
  }

  private async banAsItIs({ userId: by }: Caller, chatId: string, { userId, reason, expiresAt, ...named }: NewBan) {
    refuseDirect(await this.access.forMember({ userId: by }, chatId));
    const asked = { userId, banReason: reason, expiresAt };
    const mutation = mutationOf(by, named);
    const wasMade = await this.changes.wasMade(
      chatId,
      mutation,
      { kind: 'member:removed', body: { ...asked, reason: 'banned' } },
      { kind: 'ban:changed', body: { ...asked, isBanned: true } },
    );
    if (wasMade) return;
    const member = await this.authorised(by, chatId, userId);
    await requireUsers(this.profiles, [userId]);
    if (expiresAt !== undefined && new Date(expiresAt) <= this.now()) throw isOver();
    const before = member && banAt(member, this.now());
    if (before && before.reason === reason && before.expiresAt?.toISOString() === expiresAt) return;
    const ban = { ...(reason !== undefined && { banReason: reason }), ...(expiresAt !== undefined && { expiresAt }) };
    const common = { chatId, by, ends: stateOf('member', userId, member?.rev), mutation };
    const change = member?.active
      ? await this.changes.make({ ...common, kind: 'member:removed', body: { userId, reason: 'banned', ...ban } })
      : await this.changes.make({ ...common, kind: 'ban:changed', body: { userId, isBanned: true, ...ban } });
    await this.teller.tell<'member:removed' | 'ban:changed'>(change);
  }

  private async unbanAsItIs(caller: Caller, chatId: string, { userId, ...named }: Unban): Promise<void> {
    refuseDirect(await this.access.forMember(caller, chatId));
    const [kind, body] = ['ban:changed', { userId, isBanned: false }] as const;
    const mutation = mutationOf(caller.userId, named);
    if (await this.changes.wasMade(chatId, mutation, { kind, body })) return;
    const member = await this.authorised(caller.userId, chatId, userId);
    if (!member || !banAt(member, this.now())) return;
    const ends = stateOf('member', userId, member.rev);
    await this.teller.tell(await this.changes.make({ chatId, by: caller.userId, kind, body, ends, mutation }));
  }

  /** What is known of a person, where the caller may keep them out: whoever they may remove. */
  private async authorised(by: string, chatId: string, userId: string): Promise<MemberDocument | undefined> {
    const [member] = await this.members.everAmong(chatId, [userId]);
    // Read after the membership, so that who has become the owner at its state is seen.
    const access = await this.access.forMember({ userId: by }, chatId, 'ban');
    const role = member?.active ? roleOf(access, member) : 'guest';
    if (role === 'owner' && userId === by) throw new ChatError('chat/owner_required');
    if (!mayRemove(access.role, role)) throw new ChatError('chat/role_required');
    return member;
  }

  private async shown(banned: readonly MemberDocument[]): Promise<Ban[]> {
    const users = await this.profiles.all(banned.map(({ userId }) => userId.toHexString()));
    return banned.flatMap(({ userId, ban }) => {
      if (!ban) return [];
      const { by, at, reason, expiresAt } = ban;
      const id = userId.toHexString();
      return [
        {
          user: users.get(id) ?? unknownUser(id),
          by: by.toHexString(),
          at: at.toISOString(),
          ...(reason !== undefined && { reason }),
          ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
        },
      ];
    });
  }

  private now(): Date {
    return new Date(this.clock.nowMs());
  }
}

const isOver = () =>
  new ChatError('request/invalid', { details: [{ path: 'expiresAt', message: 'must be in the future' }] });
