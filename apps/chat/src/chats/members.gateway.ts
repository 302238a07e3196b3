import type { ReplyOf, RequestOf } from '@roost/contract';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { Command, Gateway } from '../doors/socket/command.decorator.js';
import { BansService } from './bans.service.js';
import { MemberAddingService } from './member-adding.service.js';
import { MemberRolesService } from './member-roles.service.js';
import { MemberRemovingService } from './member-removing.service.js';

@Gateway()
export class MembersGateway {
  constructor(
    private readonly adding: MemberAddingService,
    private readonly roles: MemberRolesService,
    private readonly removing: MemberRemovingService,
    private readonly bans: BansService,
  ) {}

  @Command('member:add')
  async add({ data }: ChatSocket, { chatId, ...addition }: RequestOf<'member:add'>): Promise<ReplyOf<'member:add'>> {
    return { members: await this.adding.add(data.caller, chatId, addition) };
  }

  @Command('member:update')
  async update(
    { data }: ChatSocket,
    { chatId, ...update }: RequestOf<'member:update'>,
  ): Promise<ReplyOf<'member:update'>> {
    return { member: await this.roles.update(data.caller, chatId, update) };
  }

  @Command('member:remove')
  async remove(
    { data }: ChatSocket,
    { chatId, ...removal }: RequestOf<'member:remove'>,
  ): Promise<ReplyOf<'member:remove'>> {
    await this.removing.remove(data.caller, chatId, removal);
    return {};
  }

  @Command('member:ban')
  async ban({ data }: ChatSocket, { chatId, ...ban }: RequestOf<'member:ban'>): Promise<ReplyOf<'member:ban'>> {
    await this.bans.ban(data.caller, chatId, ban);
    return {};
  }

  @Command('member:unban')
  async unban({ data }: ChatSocket, { chatId, ...unban }: RequestOf<'member:unban'>): Promise<ReplyOf<'member:unban'>> {
    await this.bans.unban(data.caller, chatId, unban);
    return {};
  }

  @Command('member:leave')
  async leave({ data }: ChatSocket, { chatId, ...named }: RequestOf<'member:leave'>): Promise<ReplyOf<'member:leave'>> {
    await this.removing.remove(data.caller, chatId, { ...named, userId: data.caller.userId });
    return {};
  }
}
