import { Controller } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import { CurrentCaller, Input, Route } from '../doors/rest/route.decorator.js';
import type { Caller } from '../kernel/caller.js';
import { ChatMarksService } from './chat-marks.service.js';
import { DraftsService } from './drafts.service.js';
import { OwnLog } from './own-log.js';

@Controller()
export class OwnLogController {
  constructor(
    private readonly marks: ChatMarksService,
    private readonly drafts: DraftsService,
    private readonly log: OwnLog,
  ) {}

  @Route('me.mark')
  mark(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<'me.mark'>): Promise<ResultOf<'me.mark'>> {
    return this.marks.mark(caller, params.chatId, body);
  }

  @Route('me.draft')
  save(@CurrentCaller() caller: Caller, @Input() { params, body }: InputOf<'me.draft'>): Promise<ResultOf<'me.draft'>> {
    return this.drafts.save(caller, params.chatId, body);
  }

  @Route('me.changes')
  changes(
    @CurrentCaller() { userId }: Caller,
    @Input() { query }: InputOf<'me.changes'>,
  ): Promise<ResultOf<'me.changes'>> {
    return this.log.page(userId, query.after ?? 0);
  }
}
