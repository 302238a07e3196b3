import type { ReplyOf, RequestOf } from '@roost/contract';
import { Command, Gateway } from '../doors/socket/command.decorator.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { ChatMarksService } from './chat-marks.service.js';

@Gateway()
export class OwnLogGateway {
  constructor(private readonly marks: ChatMarksService) {}

  @Command('chat:mark')
  mark({ data }: ChatSocket, { chatId, ...wish }: RequestOf<'chat:mark'>): Promise<ReplyOf<'chat:mark'>> {
    return this.marks.mark(data.caller, chatId, wish);
  }
}
