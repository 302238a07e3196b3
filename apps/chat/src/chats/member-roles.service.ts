import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Member, Role } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { ChatsRepository } from '../access/chats.repository.js';
import type { MemberDocument } from '../access/member.schema.js';
import { MembersRepository } from '../access/members.repository.js';
import { mayChangeRole, mayDo, roleOf } from '../access/roles.js';
import { UsersRepository } from '../accounts/users/users.repository.js';
import type { Caller } from '../kernel/caller.js';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { mutationOf } from '../logs/mutations.js';
import type { Named } from '../logs/mutations.js';
import { stateOf, untilDecided } from '../logs/overtaken.js';
import { MemberViews } from './member-views.js';
import { refuseDirect } from './refuse-direct.js';

/** Who is to have which role, and what the client calls the change. */
type RoleUpdate = Named & { readonly userId: string; readonly role: Role };

/** Who asks and who is meant, at one state of the roles of their chat. */
interface Standing {
  readonly rolesRev: number | undefined;
  readonly caller: { readonly role: Role; readonly member: MemberDocument };
  readonly other: { readonly role: Role; readonly member: MemberDocument } | undefined;
}

const kind = 'member:updated';

/**
 * Decides who gets which role. The roles of a chat change one after the other: each change ends the state of all of them, so whoever was
 * overtaken decides again on what is so by then, and a chat has one owner at every `rev`.
 */
@Injectable()
export class MemberRolesService {
  constructor(
    private readonly access: ChatAccess,
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly users: UsersRepository,
    private readonly views: MemberViews,
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
  ) {}

  /**
   * Gives a member a role; `owner` hands the chat over, and who owned it is an admin then. Where it is so already, or the change was made
   * before, nothing changes. Gives the member; one who has left since, as they were last.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/direct_fixed, chat/owner_required, member/unknown,
   * user/unknown (the chat would be that of a disabled account), request/mutation_id_reused
   */
  update(caller: Caller, chatId: string, update: RoleUpdate): Promise<Member> {
    return untilDecided(() => this.updateAsItIs(caller, chatId, update));
  }

  private async updateAsItIs(caller: Caller, chatId: string, { userId, role, ...named }: RoleUpdate): Promise<Member> {
    refuseDirect(await this.access.forMember(caller, chatId));
    const mutation = mutationOf(caller.userId, named);
    if (!(await this.changes.wasMade(chatId, mutation, { kind, body: { userId, role } })))
      await this.change(caller, { chatId, userId, role }, mutation);
    const [member] = await this.views.of(await this.members.everAmong(chatId, [userId]));
    if (!member) throw new ChatError('member/unknown');
    return member;
  }

  private async change(
    { userId: by }: Caller,
    { chatId, userId, role }: { readonly chatId: string; readonly userId: string; readonly role: Role },
    mutation: string | undefined,
  ): Promise<void> {
    const { rolesRev, caller, other } = await this.standing(chatId, by, userId);
    if (!mayDo(caller.role, 'change roles')) throw new ChatError('chat/role_required');
    if (!other) throw new ChatError('member/unknown');
    if (other.role === role) return;
    if (userId === by && other.role === 'owner') throw new ChatError('chat/owner_required');
    if (!mayChangeRole(caller.role, other.role, role)) throw new ChatError('chat/role_required');
    const isHandOver = role === 'owner';
    if (isHandOver) await this.refuseDisabled(userId);
    const changed = isHandOver ? [other.member, caller.member] : [other.member];
    const ends = [
      stateOf('roles', chatId, rolesRev),
      ...changed.map((member) => stateOf('member', member.userId.toHexString(), member.rev)),
    ];
    const body = { userId, role, ...(isHandOver && { previousOwnerId: by }) };
    await this.teller.tell(await this.changes.make({ chatId, by, kind, body, ends, mutation }));
  }

  /** One who is disabled later is found by `DisabledOwners`. */
  private async refuseDisabled(userId: string): Promise<void> {
    const disabled = await this.users.disabledAmong([userId]);
    if (disabled.size === 0) return;
    throw new ChatError('user/unknown', { details: [{ path: userId, message: 'has no account that is in use' }] });
  }

  /**
   * What was decided is applied first, and the chat is read before the memberships: they are as new as the rev of the roles, or newer,
   * and then that has ended.
   */
  private async standing(chatId: string, by: string, userId: string): Promise<Standing> {
    await this.changes.appliedHead(chatId);
    const chat = await this.chats.byId(chatId);
    if (!chat) throw new ChatError('chat/access_denied');
    const members = await this.members.among(chatId, [by, userId]);
    const of = (id: string) => {
      const member = members.find((one) => one.userId.toHexString() === id);
      return member && { member, role: roleOf(chat, member) };
    };
    const caller = of(by);
    if (!caller) throw new ChatError('chat/access_denied');
    return { rolesRev: chat.rolesRev, caller, other: of(userId) };
  }
}
