import { Injectable } from '@nestjs/common';
import type { ChangeKind } from '@roost/contract';
import { newId, objectId } from '../store/ids.js';
import { SequencedLog } from '../store/sequenced-log.js';
import type { ChangeDocument } from './change.schema.js';
import { ChangesRepository } from './changes.repository.js';

/** A change to be decided: who does what to which chat. */
export interface NewChange {
  readonly chatId: string;
  readonly by: string;
  readonly kind: ChangeKind;
  readonly body: Record<string, unknown>;
}

/** What every change says, whatever its kind. */
export interface ChangeHead {
  readonly chatId: string;
  readonly rev: number;
  readonly at: string;
  readonly by: string;
}

/** The changes of all chats, numbered `rev`. */
@Injectable()
export class ChangeLog {
  private readonly log: SequencedLog<ChangeDocument>;

  constructor(private readonly changes: ChangesRepository) {
    this.log = new SequencedLog(changes);
  }

  /** Decides a change: from here on it will be applied, whoever dies. */
  async decide({ chatId, by, kind, body }: NewChange): Promise<ChangeHead> {
    const { rev, at } = await this.log.append(chatId, (place) => ({
      _id: objectId(newId()),
      chatId: objectId(chatId),
      rev: place,
      kind,
      at: new Date(),
      by: objectId(by),
      body,
      pending: true,
    }));
    return { chatId, rev, at: at.toISOString(), by };
  }

  /** Says that changes were applied, so that nobody does it again. */
  applied(chatId: string, revs: readonly number[]): Promise<void> {
    return this.changes.markApplied(chatId, revs);
  }
}
