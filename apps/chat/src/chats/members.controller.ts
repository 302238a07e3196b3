import { Controller } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import { CurrentCaller, Input, Route } from '../doors/rest/route.decorator.js';
import type { Caller } from '../kernel/caller.js';
import { MemberAddingService } from './member-adding.service.js';
import { MemberRolesService } from './member-roles.service.js';
import { MemberRemovingService } from './member-removing.service.js';
import { MembersService } from './members.service.js';

@Controller()
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly adding: MemberAddingService,
    private readonly roles: MemberRolesService,
    private readonly removing: MemberRemovingService,
  ) {}

  @Route('members.list')
  list(
    @CurrentCaller() caller: Caller,
    @Input() { params, query }: InputOf<'members.list'>,
  ): Promise<ResultOf<'members.list'>> {
    return this.members.list(caller, params.chatId, query.cursor, query.limit);
  }

  @Route('members.add')
  async add(
    @CurrentCaller() caller: Caller,
    @Input() { params, body }: InputOf<'members.add'>,
  ): Promise<ResultOf<'members.add'>> {
    return { items: await this.adding.add(caller, params.chatId, body) };
  }

  @Route('members.update')
  update(
    @CurrentCaller() caller: Caller,
    @Input() { params, body }: InputOf<'members.update'>,
  ): Promise<ResultOf<'members.update'>> {
    return this.roles.update(caller, params.chatId, { userId: params.userId, ...body });
  }

  @Route('members.remove')
  remove(@CurrentCaller() caller: Caller, @Input() { params, query }: InputOf<'members.remove'>): Promise<void> {
    return this.removing.remove(caller, params.chatId, { userId: params.userId, ...query });
  }
}
