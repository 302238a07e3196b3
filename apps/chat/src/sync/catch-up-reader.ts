import { Inject, Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { AnyChange, Position } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeKinds } from '../logs/change-kinds.js';
import { ChangesRepository } from '../logs/changes.repository.js';
import type { MessageDocument } from '../messages/message.schema.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { TrailingFlight } from '../kernel/trailing-flight.js';

/** What follows a position in the two logs of a chat: a page, or word that it is too far or never was. */
export type Missed =
  | { readonly kind: 'reset' }
  | {
      readonly kind: 'page';
      readonly messages: readonly MessageDocument[];
      readonly changes: readonly AnyChange[];
      readonly more: boolean;
    };

/** Reads what was missed, once for all clients of this replica that ask for the same chat and place at once. */
@Injectable()
export class CatchUpReader {
  private readonly shared = new TrailingFlight<Missed>();

  constructor(
    private readonly messages: MessagesRepository,
    private readonly changes: ChangesRepository,
    private readonly changeLog: ChangeLog,
    private readonly kinds: ChangeKinds,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  after(chatId: string, position: Position): Promise<Missed> {
    return this.shared.get(`${chatId}:${position.seq}:${position.rev}`, () => this.read(chatId, position));
  }

  private async read(chatId: string, { seq, rev }: Position): Promise<Missed> {
    const [headSeq, headRev] = await Promise.all([this.messages.readHead(chatId), this.changes.readHead(chatId)]);
    const isAhead = seq > headSeq || rev > headRev;
    if (isAhead || headSeq - seq + headRev - rev > this.settings.syncBehindMax) return { kind: 'reset' };
    const limit = limits.syncPage;
    const [messages, changes] = await Promise.all([
      seq < headSeq ? this.messages.after(chatId, seq, limit) : [],
      rev < headRev ? this.changeLog.after(chatId, rev, limit) : [],
    ]);
    const more = messages.length === limit || changes.length === limit;
    return { kind: 'page', messages, changes: await this.kinds.views(changes), more };
  }
}
