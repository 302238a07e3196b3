import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { Invite, InvitedRole, NewInvite } from '@roost/contract';
import { ChatAccess } from '../../access/chat-access.js';
import { ChatsRepository } from '../../access/chats.repository.js';
import { MembersRepository } from '../../access/members.repository.js';
import { mayDo } from '../../access/roles.js';
import { Profiles, unknownUser } from '../../accounts/users/profiles.js';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { ChangeLog } from '../../logs/change-log.js';
import { mutationOf, requireSame } from '../../logs/mutations.js';
import type { Named } from '../../logs/mutations.js';
import { Overtaken, untilDecided } from '../../logs/overtaken.js';
import { newId, objectId } from '../../store/ids.js';
import { refuseDirect } from '../refuse-direct.js';
import type { InviteDocument } from './invite.schema.js';
import { InviteTokens, tokenHashOf } from './invite-tokens.js';
import { InvitesRepository } from './invites.repository.js';
import { causeOf, isMadeBy, UsableInvites } from './usable-invites.js';

/** What an invite is to be, and what the client calls making it. */
interface Wish extends Named {
  readonly expiresInSeconds?: number | undefined;
  readonly maxUses?: number | undefined;
  readonly role?: InvitedRole | undefined;
}

/** The invites of a chat, for those who may add people to it. */
@Injectable()
export class InvitesService {
  constructor(
    private readonly access: ChatAccess,
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly invites: InvitesRepository,
    private readonly usable: UsableInvites,
    private readonly tokens: InviteTokens,
    private readonly changes: ChangeLog,
    private readonly profiles: Profiles,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes an invite. Under a name that was used before it is the one that was made then, with the same token.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed, invite/too_many, request/mutation_id_reused
   */
  create(caller: Caller, chatId: string, wish: Wish): Promise<NewInvite> {
    return untilDecided(() => this.createWhereThereIsRoom(caller, chatId, wish));
  }

  /** Those that can still be used: all to admins, to others their own. @throws ChatError chat/access_denied */
  async list(caller: Caller, chatId: string): Promise<Invite[]> {
    const { role } = await this.access.forMemberNow(caller, chatId);
    const [living, member] = await Promise.all([this.livingOf(chatId), this.members.find(chatId, caller.userId)]);
    const seesAll = mayDo(role, "manage others' invites");
    return this.shown(living.filter((invite) => seesAll || (member && isMadeBy(invite, member))));
  }

  /** Ends an invite; where it has ended nothing changes. @throws ChatError chat/access_denied, chat/role_required, invite/invalid */
  async revoke(caller: Caller, chatId: string, inviteId: string): Promise<void> {
    const { role } = await this.access.forMemberNow(caller, chatId);
    const invite = await this.invites.byId(chatId, inviteId);
    if (!invite) throw new ChatError('invite/invalid');
    const isOwn = invite.by.toHexString() === caller.userId;
    if (!isOwn && !mayDo(role, "manage others' invites")) throw new ChatError('chat/role_required');
    await this.invites.revoke(invite._id, new Date(this.clock.nowMs()));
  }

  /** @throws Overtaken where another one took the place meanwhile, or was made under the same name */
  private async createWhereThereIsRoom(caller: Caller, chatId: string, wish: Wish): Promise<NewInvite> {
    const { userId } = caller;
    refuseDirect(await this.access.forMember(caller, chatId));
    const mutation = mutationOf(userId, wish);
    const before = mutation === undefined ? null : await this.invites.byMutation(chatId, mutation);
    if (before) return this.again(before, wish);
    await this.access.forMember(caller, chatId, 'add members');
    const member = await this.members.find(chatId, userId);
    if (!member) throw new ChatError('chat/access_denied');
    const id = newId();
    const token = this.tokens.fresh(id);
    const nowMs = this.clock.nowMs();
    const { expiresInSeconds, maxUses, role = 'member' } = wish;
    const invite: InviteDocument = {
      _id: objectId(id),
      chatId: objectId(chatId),
      by: objectId(userId),
      memberSince: member.joinedAt,
      role,
      tokenHash: tokenHashOf(token),
      createdAt: new Date(nowMs),
      ...(expiresInSeconds !== undefined && { expiresAt: new Date(nowMs + expiresInSeconds * 1_000) }),
      ...(maxUses !== undefined && { maxUses }),
      place: await this.freePlace(chatId),
      ...(mutation !== undefined && { mutation }),
    };
    if ((await this.invites.insert(invite)) !== 'stored') throw new Overtaken();
    return { ...(await this.one(invite)), token };
  }

  /** What was made under the same name before. */
  private async again(invite: InviteDocument, wish: Wish): Promise<NewInvite> {
    requireSame(isWished(invite, wish));
    const token = this.tokens.again(invite._id.toHexString(), invite.tokenHash);
    // The secret that it was made with is not in use any more: it is as good as another one.
    requireSame(token !== undefined);
    return { ...(await this.one(invite)), token: token! };
  }

  /** Places of those that nobody can use any more are free. @throws ChatError invite/too_many */
  private async freePlace(chatId: string): Promise<number> {
    const placed = await this.invites.placed(chatId);
    const taken = new Set(placed.map(({ place }) => place));
    const free = Array.from({ length: limits.invitesPerChat }, (_, place) => place).find((place) => !taken.has(place));
    if (free !== undefined) return free;
    const living = new Set(await this.livingAmong(chatId, placed));
    const ended = placed.filter((invite) => !living.has(invite));
    const place = ended[0]?.place;
    if (place === undefined) throw new ChatError('invite/too_many');
    await this.invites.displace(ended.map(({ _id }) => _id));
    return place;
  }

  private async livingOf(chatId: string): Promise<readonly InviteDocument[]> {
    return this.livingAmong(chatId, await this.invites.placed(chatId));
  }

  private async livingAmong(chatId: string, invites: readonly InviteDocument[]): Promise<readonly InviteDocument[]> {
    const chat = await this.chats.byId(chatId);
    if (!chat) throw new ChatError('chat/access_denied');
    return this.usable.living(chat, invites);
  }

  private async one(invite: InviteDocument): Promise<Invite> {
    const [shown] = await this.shown([invite]);
    return shown!;
  }

  private async shown(invites: readonly InviteDocument[]): Promise<Invite[]> {
    const [first] = invites;
    if (!first) return [];
    const [uses, users] = await Promise.all([
      this.changes.countCaused(first.chatId.toHexString(), invites.map(causeOf)),
      this.profiles.all(invites.map(({ by }) => by.toHexString())),
    ]);
    return invites.map((invite) => {
      const { _id, chatId, role, createdAt, expiresAt, maxUses } = invite;
      const by = invite.by.toHexString();
      return {
        id: _id.toHexString(),
        chatId: chatId.toHexString(),
        by: users.get(by) ?? unknownUser(by),
        role,
        createdAt: createdAt.toISOString(),
        ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
        ...(maxUses !== undefined && { maxUses }),
        uses: uses.get(causeOf(invite)) ?? 0,
      };
    });
  }
}

/** Whether an invite is as it was wished. */
function isWished(invite: InviteDocument, { expiresInSeconds, maxUses, role = 'member' }: Wish): boolean {
  const { createdAt, expiresAt } = invite;
  const seconds = expiresAt && (expiresAt.getTime() - createdAt.getTime()) / 1_000;
  return seconds === expiresInSeconds && invite.maxUses === maxUses && invite.role === role;
}
