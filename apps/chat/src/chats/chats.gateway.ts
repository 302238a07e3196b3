import type { ReplyOf, RequestOf } from '@roost/contract';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { Command, Gateway } from '../doors/socket/command.decorator.js';
import { ChatsService } from './chats.service.js';

@Gateway()
export class ChatsGateway {
  constructor(private readonly chats: ChatsService) {}

  @Command('chat:create')
  create({ data }: ChatSocket, draft: RequestOf<'chat:create'>): Promise<ReplyOf<'chat:create'>> {
    return this.chats.create(data.caller, draft);
  }

  @Command('chat:update')
  async update({ data }: ChatSocket, { chatId, title }: RequestOf<'chat:update'>): Promise<ReplyOf<'chat:update'>> {
    return { chat: await this.chats.update(data.caller, chatId, title) };
  }

  @Command('chat:delete')
  async delete({ data }: ChatSocket, { chatId }: RequestOf<'chat:delete'>): Promise<ReplyOf<'chat:delete'>> {
    await this.chats.delete(data.caller, chatId);
    return {};
  }
}
