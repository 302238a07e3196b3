import type { ReplyOf, RequestOf } from '@roost/contract';
import { Command, Gateway } from '../../doors/socket/command.decorator.js';
import type { ChatSocket } from '../../kernel/chat-socket.js';
import { InviteAcceptingService } from './invite-accepting.service.js';
import { InvitesService } from './invites.service.js';

@Gateway()
export class InvitesGateway {
  constructor(
    private readonly invites: InvitesService,
    private readonly accepting: InviteAcceptingService,
  ) {}

  @Command('invite:create')
  async create(
    { data }: ChatSocket,
    { chatId, ...wish }: RequestOf<'invite:create'>,
  ): Promise<ReplyOf<'invite:create'>> {
    return { invite: await this.invites.create(data.caller, chatId, wish) };
  }

  @Command('invite:revoke')
  async revoke(
    { data }: ChatSocket,
    { chatId, inviteId }: RequestOf<'invite:revoke'>,
  ): Promise<ReplyOf<'invite:revoke'>> {
    await this.invites.revoke(data.caller, chatId, inviteId);
    return {};
  }

  @Command('invite:accept')
  async accept({ data }: ChatSocket, acceptance: RequestOf<'invite:accept'>): Promise<ReplyOf<'invite:accept'>> {
    return { chat: await this.accepting.accept(data.caller, acceptance, data.address) };
  }
}
