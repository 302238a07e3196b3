import { Controller } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import { CurrentCaller, Input, Route } from '../../doors/rest/route.decorator.js';
import type { Caller } from '../../kernel/caller.js';
import { ReactionsService } from './reactions.service.js';

@Controller()
export class ReactionsController {
  constructor(private readonly reactions: ReactionsService) {}

  @Route('reactions.add')
  add(
    @CurrentCaller() caller: Caller,
    @Input() { params }: InputOf<'reactions.add'>,
  ): Promise<ResultOf<'reactions.add'>> {
    return this.reactions.react(caller, { ...params, on: true });
  }

  @Route('reactions.remove')
  remove(
    @CurrentCaller() caller: Caller,
    @Input() { params }: InputOf<'reactions.remove'>,
  ): Promise<ResultOf<'reactions.remove'>> {
    return this.reactions.react(caller, { ...params, on: false });
  }

  @Route('reactions.list')
  list(
    @CurrentCaller() caller: Caller,
    @Input() { params, query }: InputOf<'reactions.list'>,
  ): Promise<ResultOf<'reactions.list'>> {
    return this.reactions.list(caller, params.messageId, query);
  }
}
