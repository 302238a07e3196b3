import { Controller, HttpStatus, Res } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import type { Response } from 'express';
import { CurrentCaller, Input, Route } from '../doors/rest/route.decorator.js';
import type { Caller } from '../kernel/caller.js';
import { MessageEditingService } from './message-editing.service.js';
import { MessageSendingService } from './message-sending.service.js';
import { MessagesService } from './messages.service.js';

@Controller()
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly sending: MessageSendingService,
    private readonly editing: MessageEditingService,
  ) {}

  @Route('messages.list')
  list(
    @CurrentCaller() caller: Caller,
    @Input() { params, query }: InputOf<'messages.list'>,
  ): Promise<ResultOf<'messages.list'>> {
    return this.messages.list(caller, params.chatId, query);
  }

  @Route('messages.send')
  async send(
    @CurrentCaller() caller: Caller,
    @Input() { body }: InputOf<'messages.send'>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ResultOf<'messages.send'>> {
    const { message, duplicate } = await this.sending.send(caller, body);
    if (!duplicate) return message;
    response.status(HttpStatus.OK);
    return { ...message, duplicate };
  }
  @Route('messages.edit')
  edit(
    @CurrentCaller() caller: Caller,
    @Input() { params, body }: InputOf<'messages.edit'>,
  ): Promise<ResultOf<'messages.edit'>> {
    return this.editing.edit(caller, params.messageId, body);
  }

  @Route('messages.delete')
  delete(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<'messages.delete'>): Promise<void> {
    return this.editing.delete(caller, params.messageId);
  }
}
