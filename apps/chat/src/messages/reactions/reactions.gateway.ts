import type { ReplyOf, RequestOf } from '@roost/contract';
import { Command, Gateway } from '../../doors/socket/command.decorator.js';
import type { ChatSocket } from '../../kernel/chat-socket.js';
import { ReactionsService } from './reactions.service.js';

@Gateway()
export class ReactionsGateway {
  constructor(private readonly reactions: ReactionsService) {}

  @Command('message:react')
  react({ data }: ChatSocket, wish: RequestOf<'message:react'>): Promise<ReplyOf<'message:react'>> {
    return this.reactions.react(data.caller, wish);
  }

  @Command('reaction:list')
  list({ data }: ChatSocket, { messageId, ...page }: RequestOf<'reaction:list'>): Promise<ReplyOf<'reaction:list'>> {
    return this.reactions.list(data.caller, messageId, page);
  }
}
