import { Controller, HttpStatus, Res } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import type { Response } from 'express';
import { CurrentCaller, Input, Route } from '../doors/rest/route.decorator.js';
import type { Caller } from '../kernel/caller.js';
import { ChatEditingService } from './chat-editing.service.js';
import { ChatOpeningService } from './chat-opening.service.js';
import { ChatsService } from './chats.service.js';

@Controller()
export class ChatsController {
  constructor(
    private readonly chats: ChatsService,
    private readonly opening: ChatOpeningService,
    private readonly editing: ChatEditingService,
  ) {}

  @Route('chats.list')
  list(@CurrentCaller() caller: Caller, @Input() { query }: InputOf<'chats.list'>): Promise<ResultOf<'chats.list'>> {
    return this.chats.list(caller, query.cursor, query.limit);
  }

  @Route('chats.create')
  async create(
    @CurrentCaller() caller: Caller,
    @Input() { body }: InputOf<'chats.create'>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ResultOf<'chats.create'>> {
    const { chat, created } = await this.opening.create(caller, body);
    if (!created) response.status(HttpStatus.OK);
    return chat;
  }

  @Route('chats.get')
  get(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<'chats.get'>): Promise<ResultOf<'chats.get'>> {
    return this.chats.get(caller, params.chatId);
  }

  @Route('chats.update')
  update(
    @CurrentCaller() caller: Caller,
    @Input() { params, body }: InputOf<'chats.update'>,
  ): Promise<ResultOf<'chats.update'>> {
    return this.editing.update(caller, params.chatId, body);
  }

  @Route('chats.delete')
  delete(@CurrentCaller() caller: Caller, @Input() { params }: InputOf<'chats.delete'>): Promise<void> {
    return this.editing.delete(caller, params.chatId);
  }
}
