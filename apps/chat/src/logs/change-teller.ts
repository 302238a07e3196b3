import { Injectable } from '@nestjs/common';
import { Broadcaster } from '../sockets/broadcaster.js';
import { ChangeKinds } from './change-kinds.js';
import type { ChangeKind, ChangeOf } from './change-kinds.js';

/**
 * Tells a change that was applied as a fact: by whoever decided it, or by whoever found it left over. One that is `pending` is not told:
 * clients would take what was before for what it made, and nothing that is told later under its rev.
 */
@Injectable()
export class ChangeTeller {
  constructor(
    private readonly kinds: ChangeKinds,
    private readonly broadcaster: Broadcaster,
  ) {}

  async tell<K extends ChangeKind>(change: ChangeOf<K>): Promise<void> {
    if (change.pending) return;
    const view = await this.kinds.view(change);
    const { tell } = this.kinds.of(change.kind);
    // The fact is named like the change, and its payload is the change.
    if (tell) tell(view);
    else this.broadcaster.toChat<ChangeKind>(view.chatId, view.kind, view);
  }
}
