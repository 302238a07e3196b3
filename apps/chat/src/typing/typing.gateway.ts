import type { HintOf } from '@roost/contract';
import { Gateway, Hint } from '../doors/socket/command.decorator.js';
import type { ChatSocket } from '../kernel/chat-socket.js';
import { TypingService } from './typing.service.js';

@Gateway()
export class TypingGateway {
  constructor(private readonly typing: TypingService) {}

  @Hint('typing:start')
  start({ data }: ChatSocket, { chatId }: HintOf<'typing:start'>): Promise<void> {
    return this.typing.start(data.caller, chatId);
  }

  @Hint('typing:stop')
  stop({ data }: ChatSocket, { chatId }: HintOf<'typing:stop'>): Promise<void> {
    return this.typing.stop(data.caller, chatId);
  }
}
