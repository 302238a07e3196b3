import type { ReplyOf, RequestOf } from '@roost/contract';
import { Command, Gateway } from '../realtime/command.decorator.js';
import type { ChatSocket } from '../realtime/chat-socket.js';
import { MessagesService } from './messages.service.js';

@Gateway()
export class MessagesGateway {
  constructor(private readonly messages: MessagesService) {}

  @Command('message:send')
  async send({ data }: ChatSocket, draft: RequestOf<'message:send'>): Promise<ReplyOf<'message:send'>> {
    const { message, duplicate } = await this.messages.send(data.caller, draft);
    return duplicate ? { message, duplicate } : { message };
  }

  @Command('message:list')
  async list({ data }: ChatSocket, { chatId, ...page }: RequestOf<'message:list'>): Promise<ReplyOf<'message:list'>> {
    return { items: await this.messages.list(data.caller, chatId, page) };
  }
}
