import type { ReplyOf, RequestOf } from '@roost/contract';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { Command, Gateway } from '../doors/socket/command.decorator.js';
import { ChatEditingService } from './chat-editing.service.js';
import { ChatOpeningService } from './chat-opening.service.js';

@Gateway()
export class ChatsGateway {
  constructor(
    private readonly opening: ChatOpeningService,
    private readonly editing: ChatEditingService,
  ) {}

  @Command('chat:create')
  create({ data }: ChatSocket, draft: RequestOf<'chat:create'>): Promise<ReplyOf<'chat:create'>> {
    return this.opening.create(data.caller, draft);
  }

  @Command('chat:update')
  async update({ data }: ChatSocket, { chatId, ...update }: RequestOf<'chat:update'>): Promise<ReplyOf<'chat:update'>> {
    return { chat: await this.editing.update(data.caller, chatId, update) };
  }

  @Command('chat:delete')
  async delete({ data }: ChatSocket, { chatId }: RequestOf<'chat:delete'>): Promise<ReplyOf<'chat:delete'>> {
    await this.editing.delete(data.caller, chatId);
    return {};
  }
}
