import type { ReplyOf, RequestOf } from '@roost/contract';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { Command, Gateway } from '../doors/socket/command.decorator.js';
import { MemberAddingService } from './member-adding.service.js';
import { MemberRemovingService } from './member-removing.service.js';

@Gateway()
export class MembersGateway {
  constructor(
    private readonly adding: MemberAddingService,
    private readonly removing: MemberRemovingService,
  ) {}

  @Command('member:add')
  async add({ data }: ChatSocket, { chatId, userIds }: RequestOf<'member:add'>): Promise<ReplyOf<'member:add'>> {
    return { members: await this.adding.add(data.caller, chatId, userIds) };
  }

  @Command('member:remove')
  async remove(
    { data }: ChatSocket,
    { chatId, userId }: RequestOf<'member:remove'>,
  ): Promise<ReplyOf<'member:remove'>> {
    await this.removing.remove(data.caller, chatId, userId);
    return {};
  }

  @Command('member:leave')
  async leave({ data }: ChatSocket, { chatId }: RequestOf<'member:leave'>): Promise<ReplyOf<'member:leave'>> {
    await this.removing.remove(data.caller, chatId, data.caller.userId);
    return {};
  }
}
