import type { ReplyOf, RequestOf } from '@roost/contract';
import { Command, Gateway } from '../doors/socket/command.decorator.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { MessageEditingService } from './message-editing.service.js';
import { MessageSendingService } from './message-sending.service.js';
import { MessagesService } from './messages.service.js';

@Gateway()
export class MessagesGateway {
  constructor(
    private readonly messages: MessagesService,
    private readonly sending: MessageSendingService,
    private readonly editing: MessageEditingService,
  ) {}

  @Command('message:send')
  async send({ data }: ChatSocket, draft: RequestOf<'message:send'>): Promise<ReplyOf<'message:send'>> {
    const { message, duplicate } = await this.sending.send(data.caller, draft);
    return duplicate ? { message, duplicate } : { message };
  }

  @Command('message:edit')
  async edit(
    { data }: ChatSocket,
    { messageId, ...edit }: RequestOf<'message:edit'>,
  ): Promise<ReplyOf<'message:edit'>> {
    return { message: await this.editing.edit(data.caller, messageId, edit) };
  }

  @Command('message:delete')
  async delete({ data }: ChatSocket, { messageId }: RequestOf<'message:delete'>): Promise<ReplyOf<'message:delete'>> {
    await this.editing.delete(data.caller, messageId);
    return {};
  }

  @Command('message:list')
  list({ data }: ChatSocket, { chatId, ...page }: RequestOf<'message:list'>): Promise<ReplyOf<'message:list'>> {
    return this.messages.list(data.caller, chatId, page);
  }
}
