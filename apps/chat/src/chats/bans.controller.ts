import { Controller } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import { CurrentCaller, Input, Route } from '../doors/rest/route.decorator.js';
import type { Caller } from '../kernel/caller.js';
import { BansService } from './bans.service.js';

@Controller()
export class BansController {
  constructor(private readonly bans: BansService) {}

  @Route('bans.list')
  list(
    @CurrentCaller() caller: Caller,
    @Input() { params, query }: InputOf<'bans.list'>,
  ): Promise<ResultOf<'bans.list'>> {
    return this.bans.list(caller, params.chatId, query.cursor, query.limit);
  }

  @Route('bans.set')
  set(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<'bans.set'>): Promise<void> {
    return this.bans.ban(caller, params.chatId, { userId: params.userId, ...body });
  }

  @Route('bans.remove')
  remove(@CurrentCaller() caller: Caller, @Input() { params, query }: InputOf<'bans.remove'>): Promise<void> {
    return this.bans.unban(caller, params.chatId, { userId: params.userId, ...query });
  }
}
