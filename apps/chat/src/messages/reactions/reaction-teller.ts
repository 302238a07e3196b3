import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { ChangeLog } from '../../logs/change-log.js';
import { ChangeTeller } from '../../logs/change-teller.js';
import { Overtaken, stateOf } from '../../logs/overtaken.js';
import { MessagesRepository } from '../messages.repository.js';
import { ReactionsRepository } from './reactions.repository.js';

/** Between two changes that tell the reactions of one message, by all replicas together. */
const everyMs = 1_000;
/** How often a replica looks for what nobody has told, how old that is at least, and how much at once. */
const leftEveryMs = 5_000;
const leftAfterMs = 10_000;
const leftMax = 100;

/**
 * Tells chats of the reactions to their messages: the first at once, then what has gathered, once a second. Each change ends the state that the one
 * before has made, so of several replicas that have something to tell one tells it all.
 */
@Injectable()
export class ReactionTeller implements OnApplicationBootstrap, OnModuleDestroy {
  /** Who reacted last, by message: of those that will be looked at. */
  private readonly waiting = new Map<string, string>();
  private stop: (() => void) | undefined;

  constructor(
    private readonly messages: MessagesRepository,
    private readonly reactions: ReactionsRepository,
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.stop = this.clock.every('reactions left', leftEveryMs, () => this.tellLeft());
  }

  onModuleDestroy(): void {
    this.stop?.();
  }

  /** A person has reacted, or taken that back. */
  note(messageId: string, userId: string): void {
    this.noteIn(0, messageId, userId);
  }

  private noteIn(delayMs: number, messageId: string, userId: string): void {
    const isWaiting = this.waiting.has(messageId);
    this.waiting.set(messageId, userId);
    if (!isWaiting) this.clock.after('reactions', delayMs, () => this.look(messageId));
  }

  private async look(messageId: string): Promise<void> {
    const by = this.waiting.get(messageId)!;
    this.waiting.delete(messageId);
    const waitMs = await this.tell(messageId, by);
    if (waitMs > 0) this.noteIn(waitMs, messageId, by);
  }

  /** Gives in how many milliseconds it has to be tried again, 0 for not at all. */
  private async tell(messageId: string, by: string): Promise<number> {
    const message = await this.messages.byId(messageId);
    if (!message || message.deletedAt) {
      await this.reactions.forget(messageId);
      return 0;
    }
    const { chatId, seq, reactionsRev, reactedAt } = message;
    const sinceMs = this.clock.nowMs() - (reactedAt?.getTime() ?? -Infinity);
    if (sinceMs < everyMs) return Math.min(everyMs, everyMs - sinceMs);
    if ((await this.reactions.pendingOf(messageId)).length === 0) return 0;
    const change = { chatId: chatId.toHexString(), by, kind: 'message:reacted', body: { messageId, seq } } as const;
    try {
      const ends = stateOf('reactions', messageId, reactionsRev);
      await this.teller.tell(await this.changes.make({ ...change, ends }));
      return 0;
    } catch (error) {
      if (error instanceof Overtaken) return everyMs;
      throw error;
    }
  }

  /** Those whose replica died, or found no store, after they were stored. */
  private async tellLeft(): Promise<void> {
    const left = await this.reactions.leftBefore(new Date(this.clock.nowMs() - leftAfterMs), leftMax);
    for (const { messageId, userId } of left) this.note(messageId.toHexString(), userId.toHexString());
  }
}
