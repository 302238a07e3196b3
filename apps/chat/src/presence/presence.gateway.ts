import type { HintOf, ReplyOf, RequestOf } from '@roost/contract';
import { Command, Gateway, Hint } from '../doors/socket/command.decorator.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { OwnPeople } from './own-people.js';
import { PresenceService } from './presence.service.js';

@Gateway()
export class PresenceGateway {
  constructor(
    private readonly presence: PresenceService,
    private readonly people: OwnPeople,
  ) {}

  @Command('presence:watch')
  async watch(socket: ChatSocket, { userIds }: RequestOf<'presence:watch'>): Promise<ReplyOf<'presence:watch'>> {
    return { users: await this.presence.add(socket, userIds) };
  }

  @Hint('presence:set')
  set(socket: ChatSocket, { state }: HintOf<'presence:set'>): Promise<void> {
    this.people.set(socket, state);
    return Promise.resolve();
  }
}
