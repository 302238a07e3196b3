import type { ReplyOf, RequestOf } from '@roost/contract';
import { Command, Gateway } from '../doors/socket/command.decorator.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { ReceiptsService } from './receipts.service.js';

@Gateway()
export class ReceiptsGateway {
  constructor(private readonly receipts: ReceiptsService) {}

  @Command('chat:read')
  read({ data }: ChatSocket, { chatId, seq }: RequestOf<'chat:read'>): Promise<ReplyOf<'chat:read'>> {
    return this.receipts.mark(data.caller, 'read', chatId, seq);
  }

  @Command('chat:delivered')
  delivered({ data }: ChatSocket, { chatId, seq }: RequestOf<'chat:delivered'>): Promise<ReplyOf<'chat:delivered'>> {
    return this.receipts.mark(data.caller, 'delivered', chatId, seq);
  }

  @Command('chat:unread')
  async unread({ data }: ChatSocket, { chatIds }: RequestOf<'chat:unread'>): Promise<ReplyOf<'chat:unread'>> {
    return { chats: await this.receipts.unread(data.caller, chatIds) };
  }

  @Command('receipt:list')
  list({ data }: ChatSocket, { chatId }: RequestOf<'receipt:list'>): Promise<ReplyOf<'receipt:list'>> {
    return this.receipts.list(data.caller, chatId);
  }
}
