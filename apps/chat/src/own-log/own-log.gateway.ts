import type { ReplyOf, RequestOf } from '@roost/contract';
import { Command, Gateway } from '../doors/socket/command.decorator.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { ChatMarksService } from './chat-marks.service.js';
import { DraftsService } from './drafts.service.js';

@Gateway()
export class OwnLogGateway {
  constructor(
    private readonly marks: ChatMarksService,
    private readonly drafts: DraftsService,
  ) {}

  @Command('chat:mark')
  mark({ data }: ChatSocket, { chatId, ...wish }: RequestOf<'chat:mark'>): Promise<ReplyOf<'chat:mark'>> {
    return this.marks.mark(data.caller, chatId, wish);
  }

  @Command('draft:save')
  save({ data }: ChatSocket, { chatId, ...wish }: RequestOf<'draft:save'>): Promise<ReplyOf<'draft:save'>> {
    return this.drafts.save(data.caller, chatId, wish);
  }
}
