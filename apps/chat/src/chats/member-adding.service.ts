import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { Member } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { ChatsRepository } from '../access/chats.repository.js';
import { banAt } from '../access/member.schema.js';
import type { MemberDocument } from '../access/member.schema.js';
import { MembersRepository } from '../access/members.repository.js';
import { Profiles } from '../accounts/users/profiles.js';
import { requireUsers } from '../accounts/users/require-users.js';
import type { Caller } from '../kernel/caller.js';
import type { Named } from '../logs/mutations.js';
import { untilDecided } from '../logs/overtaken.js';
import { MemberViews } from './member-views.js';
import { Newcomers } from './newcomers.js';
import { refuseDirect } from './refuse-direct.js';

/** Who is to be added, and what the client calls the change. */
type Addition = Named & { readonly userIds: readonly string[] };

/** Decides who may be added to a chat, and who of them is not in it yet. */
@Injectable()
export class MemberAddingService {
  constructor(
    private readonly access: ChatAccess,
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly views: MemberViews,
    private readonly profiles: Profiles,
    private readonly newcomers: Newcomers,
  ) {}

  /**
   * Adds people; who is a member already stays one, with the role they have, and who was added by this change and is gone again
   * is not added once more. Gives the members asked for.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed, chat/full, user/unknown, member/banned
   */
  add(caller: Caller, chatId: string, { userIds, clientMutationId }: Addition): Promise<Member[]> {
    return untilDecided(() => this.addAbsent(caller, chatId, { userIds: [...new Set(userIds)], clientMutationId }));
  }

  private async addAbsent(caller: Caller, chatId: string, { userIds, ...named }: Addition): Promise<Member[]> {
    refuseDirect(await this.access.forMember(caller, chatId));
    await this.access.forMember(caller, chatId, 'add members');
    await requireUsers(this.profiles, userIds);
    const [known, chat] = await Promise.all([this.members.everAmong(chatId, userIds), this.chats.byId(chatId)]);
    if (!chat) throw new ChatError('chat/access_denied');
    const states = new Map(known.map((member) => [member.userId.toHexString(), member]));
    const added = await this.newcomers.addedBy(caller, { chatId, userIds, ...named });
    const absent = userIds.filter((userId) => !states.get(userId)?.active && !added.has(userId));
    refuseBanned(absent.flatMap((userId) => states.get(userId) ?? []));
    if (chat.memberCount + absent.length > limits.membersPerChat) throw new ChatError('chat/full');
    if (absent.length > 0)
      await this.newcomers.add(caller, {
        chatId,
        revs: new Map(absent.map((id) => [id, states.get(id)?.rev])),
        ...named,
      });
    return this.views.of(await this.members.among(chatId, userIds));
  }
}

/** @throws ChatError member/banned, naming those who are kept out */
function refuseBanned(members: readonly MemberDocument[]): void {
  const now = new Date();
  const banned = members.filter((member) => banAt(member, now)).map(({ userId }) => userId.toHexString());
  if (banned.length === 0) return;
  throw new ChatError('member/banned', { details: banned.map((path) => ({ path, message: 'is banned' })) });
}
