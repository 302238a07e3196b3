import { Controller } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import { ClientAddress } from '../../doors/client-address.js';
import { CurrentCaller, Input, Route } from '../../doors/rest/route.decorator.js';
import type { Caller } from '../../kernel/caller.js';
import { InviteAcceptingService } from './invite-accepting.service.js';
import { InvitesService } from './invites.service.js';

@Controller()
export class InvitesController {
  constructor(
    private readonly invites: InvitesService,
    private readonly accepting: InviteAcceptingService,
  ) {}

  @Route('invites.list')
  async list(
    @CurrentCaller() caller: Caller,
    @Input() { params }: InputOf<'invites.list'>,
  ): Promise<ResultOf<'invites.list'>> {
    return { items: await this.invites.list(caller, params.chatId) };
  }

  @Route('invites.create')
  create(
    @CurrentCaller() caller: Caller,
    @Input() { params, body }: InputOf<'invites.create'>,
  ): Promise<ResultOf<'invites.create'>> {
    return this.invites.create(caller, params.chatId, body);
  }

  @Route('invites.revoke')
  revoke(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<'invites.revoke'>): Promise<void> {
    return this.invites.revoke(caller, params.chatId, params.inviteId);
  }

  @Route('invites.get')
  get(
    @CurrentCaller() caller: Caller,
    @Input() { params }: InputOf<'invites.get'>,
    @ClientAddress() address: string,
  ): Promise<ResultOf<'invites.get'>> {
    return this.accepting.look(caller, params.token, address);
  }

  @Route('invites.accept')
  accept(
    @CurrentCaller() caller: Caller,
    @Input() { params, body }: InputOf<'invites.accept'>,
    @ClientAddress() address: string,
  ): Promise<ResultOf<'invites.accept'>> {
    return this.accepting.accept(caller, { ...params, ...body }, address);
  }
}
