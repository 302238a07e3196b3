import { Controller } from '@nestjs/common';
import type { InputOf, ResultOf } from '@roost/contract';
import { CurrentCaller, Input, Route } from '../doors/rest/route.decorator.js';
import type { Caller } from '../kernel/caller.js';
import { ReceiptsService } from './receipts.service.js';

@Controller()
export class ReceiptsController {
  constructor(private readonly receipts: ReceiptsService) {}

  @Route('receipts.read')
  read(
    @CurrentCaller() caller: Caller,
    @Input() { params, body }: InputOf<'receipts.read'>,
  ): Promise<ResultOf<'receipts.read'>> {
    return this.receipts.mark(caller, 'read', params.chatId, body.seq);
  }

  @Route('receipts.delivered')
  delivered(
    @CurrentCaller() caller: Caller,
    @Input() { params, body }: InputOf<'receipts.delivered'>,
  ): Promise<ResultOf<'receipts.delivered'>> {
    return this.receipts.mark(caller, 'delivered', params.chatId, body.seq);
  }

  @Route('receipts.list')
  list(
    @CurrentCaller() caller: Caller,
    @Input() { params }: InputOf<'receipts.list'>,
  ): Promise<ResultOf<'receipts.list'>> {
    return this.receipts.list(caller, params.chatId);
  }
}
