import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { Member, RemovalReason } from '@roost/contract';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { stateOf, untilDecided } from '../logs/overtaken.js';
import { ChatAccess } from '../access/chat-access.js';
import type { Access } from '../access/chat-access.js';
import { ChatsRepository } from '../access/chats.repository.js';
import { ChatViews } from './chat-views.js';
import { mayRemove } from '../access/roles.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import type { Caller } from '../kernel/caller.js';
import { Profiles } from '../accounts/users/profiles.js';
import { requireUsers } from '../accounts/users/require-users.js';
import type { MemberDocument } from '../access/member.schema.js';
import { MemberViews } from './member-views.js';
import { MembersRepository } from '../access/members.repository.js';

@Injectable()
export class MembersService {
  constructor(
    private readonly access: ChatAccess,
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly views: ChatViews,
    private readonly memberViews: MemberViews,
    private readonly messages: MessagesRepository,
    private readonly changes: ChangeLog,
    private readonly profiles: Profiles,
    private readonly teller: ChangeTeller,
    private readonly broadcaster: Broadcaster,
  ) {}

  /** A page of members, longest there first; `next` is the place to go on from. */
  async list(caller: Caller, chatId: string, cursor?: string, limit: number = limits.pageItemsDefault) {
    const { type } = await this.access.forMember(caller, chatId);
    const page = await this.members.page(chatId, cursor === undefined ? undefined : memberCursor(cursor), limit);
    const last = page.length === limit ? page.at(-1) : undefined;
    return { items: await this.memberViews.of(type, page), ...(last && { next: last._id.toHexString() }) };
  }

  /**
   * Adds people; who is a member already stays one, with the role they have. Gives the members asked for.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed, chat/full, user/unknown
   */
  add(caller: Caller, chatId: string, asked: readonly string[]): Promise<Member[]> {
    return untilDecided(() => this.addAbsent(caller, chatId, [...new Set(asked)]));
  }

  private async addAbsent(caller: Caller, chatId: string, userIds: readonly string[]): Promise<Member[]> {
    refuseDirect(await this.access.forMember(caller, chatId));
    const { type } = await this.access.forMember(caller, chatId, 'add members');
    await requireUsers(this.profiles, userIds);
    const [known, chat] = await Promise.all([this.members.everAmong(chatId, userIds), this.chats.byId(chatId)]);
    if (!chat) throw new ChatError('chat/access_denied');
    const states = new Map(known.map((member) => [member.userId.toHexString(), member]));
    const absent = userIds.filter((userId) => !states.get(userId)?.active);
    if (chat.memberCount + absent.length > limits.membersPerChat) throw new ChatError('chat/full');
    if (absent.length > 0) await this.addNew(caller, chatId, new Map(absent.map((id) => [id, states.get(id)?.rev])));
    return this.memberViews.of(type, await this.members.among(chatId, userIds));
  }

  /**
   * Ends a membership: somebody else's, or one's own for good.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed, chat/owner_required, member/unknown
   */
  remove(caller: Caller, chatId: string, userId: string): Promise<void> {
    return untilDecided(() => this.removePresent(caller, chatId, userId));
  }

  private async removePresent(caller: Caller, chatId: string, userId: string): Promise<void> {
    const access = await this.access.forMember(caller, chatId);
    refuseDirect(access);
    const leaves = userId === caller.userId;
    if (leaves && access.role === 'owner') throw new ChatError('chat/owner_required');
    const member = await this.members.find(chatId, userId);
    if (!leaves && !mayRemove(access.role, member?.role ?? 'guest')) throw new ChatError('chat/role_required');
    if (!member) throw new ChatError('member/unknown');
    await this.end(caller, member, leaves ? 'left' : 'removed');
  }

  /** Those whose change was decided are told of, whatever became of the others. @param revs their last change, by user id */
  private async addNew(caller: Caller, chatId: string, revs: ReadonlyMap<string, number | undefined>): Promise<void> {
    const readSeq = await this.messages.readHead(chatId);
    const kind = 'member:added' as const;
    const { changes, failures } = await this.changes.makeAll(
      Array.from(revs, ([userId, rev]) => {
        const body = { userId, role: 'member', readSeq } as const;
        return { chatId, by: caller.userId, kind, body, ends: stateOf('member', userId, rev) } as const;
      }),
    );
    const added = changes.map(({ body }) => body.userId);
    if (added.length > 0) await this.showChatTo(chatId, added);
    for (const change of changes) await this.teller.tell(change);
    if (failures.length > 0) throw failures[0];
  }

  private async end(caller: Caller, member: MemberDocument, reason: RemovalReason): Promise<void> {
    const [chatId, userId] = [member.chatId.toHexString(), member.userId.toHexString()];
    const kind = 'member:removed';
    const ends = stateOf('member', userId, member.rev);
    const change = await this.changes.make({ chatId, by: caller.userId, kind, body: { userId, reason }, ends });
    await this.teller.tell(change);
  }

  /** The chat appears in the lists of those who were added: to them it is new. */
  private async showChatTo(chatId: string, userIds: readonly string[]): Promise<void> {
    const [member] = await this.members.among(chatId, userIds);
    const chat = member && (await this.views.of(member, { withMembers: true }));
    if (chat) this.broadcaster.toUsers(userIds, 'chat:created', chat);
  }
}

function refuseDirect({ type }: Access): void {
  if (type === 'direct') throw new ChatError('chat/direct_fixed');
}

function memberCursor(cursor: string): string {
  if (/^[0-9a-f]{24}$/.test(cursor)) return cursor;
  throw new ChatError('request/invalid', { details: [{ path: 'cursor', message: 'is not a cursor of this list' }] });
}
