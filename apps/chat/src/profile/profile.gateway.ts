import type { ReplyOf, RequestOf } from '@roost/contract';
import { Command, Gateway } from '../doors/socket/command.decorator.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { ProfileService } from './profile.service.js';

@Gateway()
export class ProfileGateway {
  constructor(private readonly profile: ProfileService) {}

  @Command('me:update')
  async update({ data }: ChatSocket, wish: RequestOf<'me:update'>): Promise<ReplyOf<'me:update'>> {
    return { user: await this.profile.update(data.caller, wish) };
  }
}
