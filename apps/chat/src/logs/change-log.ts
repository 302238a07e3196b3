import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { newId, objectId } from '../store/ids.js';
import { SeenBefore, SequencedLog } from './sequenced-log.js';
import { ChangeKinds } from './change-kinds.js';
import type { ChangeBodies, ChangeKind, ChangeOf } from './change-kinds.js';
import type { ChangeDocument } from './change.schema.js';
import { ChangesRepository } from './changes.repository.js';
import { Overtaken } from './overtaken.js';

/** A change to be decided: who does what to which chat. */
export interface NewChange<K extends ChangeKind> {
  readonly chatId: string;
  readonly by: string;
  readonly kind: K;
  readonly body: ChangeBodies[K];
  /** The state it was decided on and ends, from `stateOf`; left out where any number of such changes may follow each other. */
  readonly ends?: string;
}

/**
 * The changes of all chats, numbered `rev`. The entry in the log is the decision; applying it follows at once, and where
 * that fails or its replica dies in between, whoever looks at the entry next does it.
 */
@Injectable()
export class ChangeLog {
  private readonly log: SequencedLog<ChangeDocument>;

  constructor(
    private readonly changes: ChangesRepository,
    private readonly kinds: ChangeKinds,
    private readonly logger: PinoLogger,
  ) {
    this.log = new SequencedLog(changes);
  }

  /**
   * Decides a change and applies it. Throws only where it is not decided: what is decided will be applied.
   *
   * @throws Overtaken where the state it ends has ended already; the change that did it is applied by then
   */
  async make<K extends ChangeKind>(wanted: NewChange<K>): Promise<ChangeOf<K>> {
    const { chatId, kind } = wanted;
    const change = (await this.decide(wanted)) as unknown as ChangeOf<K>;
    try {
      await this.complete(change as ChangeOf);
    } catch (err) {
      this.logger.warn({ err, chatId, rev: change.rev, kind }, 'change decided, to be applied later');
    }
    return change;
  }

  /** Changes of a chat after a place, ascending; those that are still to be applied are applied before they are shown. */
  async after(chatId: string, rev: number, limit: number): Promise<ChangeOf[]> {
    const changes = await this.changes.after(chatId, rev, limit);
    for (const change of changes) if (change.pending) await this.apply(change);
    return changes;
  }

  /** The last rev of a chat, once everything up to it is applied: whatever is read after this is at least that new. */
  async appliedHead(chatId: string): Promise<number> {
    const rev = await this.changes.readHead(chatId);
    if (rev > 0) for (const change of await this.changes.pendingOf(chatId)) await this.apply(change);
    return rev;
  }

  /** Applies what somebody decided before a moment and did not live to apply. Gives each: nobody was told of it. */
  async *repair(before: Date, limit: number): AsyncGenerator<ChangeOf> {
    for (const change of await this.changes.pendingBefore(before, limit)) {
      if (await this.complete(change)) yield change;
    }
  }

  private async decide({ chatId, by, kind, body, ends }: NewChange<ChangeKind>): Promise<ChangeDocument> {
    try {
      return await this.log.append(chatId, (rev) => ({
        _id: objectId(newId()),
        chatId: objectId(chatId),
        rev,
        kind,
        at: new Date(),
        by: objectId(by),
        body,
        ...(ends !== undefined && { ends }),
        pending: true,
      }));
    } catch (error) {
      if (!(error instanceof SeenBefore)) throw error;
      await this.appliedHead(chatId);
      throw new Overtaken();
    }
  }

  private apply(change: ChangeOf): Promise<void> {
    return this.kinds.of(change).apply(change);
  }

  /** Whoever only reads leaves the mark: a change that nobody lived to tell of is told by who takes it away. */
  private async complete(change: ChangeOf): Promise<boolean> {
    await this.apply(change);
    return this.changes.markApplied(change._id);
  }
}
