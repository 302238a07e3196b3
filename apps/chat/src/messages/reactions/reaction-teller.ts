import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { ChatsRepository } from '../../access/chats.repository.js';
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
    private readonly chats: ChatsRepository,
    private readonly logger: PinoLogger,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.stop = this.clock.every('reactions left', leftEveryMs, () => this.tellLeft());
  }

  /** What has gathered is told before this replica goes; another one would find it only seconds later. */
  async onModuleDestroy(): Promise<void> {
    this.stop?.();
    await Promise.all([...this.waiting].map(([messageId, by]) => this.tellOrLeave(messageId, by, 0)));
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
    const waitMs = await this.tellOrLeave(messageId, by, everyMs);
    if (waitMs > 0) this.noteIn(waitMs, messageId, by);
  }

  /** What fails is left for whoever looks next. */
  private async tellOrLeave(messageId: string, by: string, intervalMs: number): Promise<number> {
    try {
      return await this.tell(messageId, by, intervalMs);
    } catch (err) {
      this.logger.warn({ err, messageId }, 'reactions stored, to be told later');
      return 0;
    }
  }

  /** Gives in how many milliseconds it has to be tried again, 0 for not at all. */
  private async tell(messageId: string, by: string, intervalMs: number): Promise<number> {
    const message = await this.messages.byId(messageId);
    const chatId = message?.chatId.toHexString() ?? '';
    if (!message || message.deletedAt || !(await this.chats.byId(chatId))) {
      await this.reactions.forget(messageId);
      return 0;
    }
    const { seq, reactionsRev, reactedAt } = message;
    const sinceMs = this.clock.nowMs() - (reactedAt?.getTime() ?? -Infinity);
    if (sinceMs < intervalMs) return Math.min(intervalMs, intervalMs - sinceMs);
    if ((await this.reactions.pendingOf(messageId)).length === 0) return 0;
    const change = { chatId, by, kind: 'message:reacted', body: { messageId, seq } } as const;
    try {
      const ends = stateOf('reactions', messageId, reactionsRev);
      await this.teller.tell(await this.changes.make({ ...change, ends }));
      return 0;
    } catch (error) {
      if (error instanceof Overtaken) return intervalMs;
      throw error;
    }
  }

  /** Those whose replica died, or found no store, after they were stored. */
  private async tellLeft(): Promise<void> {
    const before = new Date(this.clock.nowMs() - leftAfterMs);
    const left = await this.reactions.leftBefore(before, leftMax).catch((err: unknown) => {
      this.logger.warn({ err }, 'could not look for reactions to tell');
      return [];
    });
    for (const { messageId, userId } of left) this.note(messageId.toHexString(), userId.toHexString());
  }
}
