import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Access } from '../access/chat-access.js';
import { MembersRepository } from '../access/members.repository.js';
import { slowModeMs } from '../access/roles.js';
import { Clock } from '../kernel/clock.js';
import { stateOf } from '../logs/overtaken.js';
import { MessagesRepository } from './messages.repository.js';

/**
 * How long a member waits until they may say something again. Their last message says it, so all replicas know; and the next one names
 * the place of that, under a unique index: of several that were decided on the same one, one is stored. Where nobody need wait, nothing
 * is read.
 */
@Injectable()
export class SlowMode {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly members: MembersRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * The place of the message that the next one follows, 0 where it is their first; undefined where they need not wait.
   *
   * @throws ChatError chat/slow_mode
   */
  async afterOwn(userId: string, { chatId, role, settings }: Access): Promise<number | undefined> {
    const pauseMs = slowModeMs(role, settings);
    if (pauseMs === 0) return undefined;
    const last = await this.messages.lastBy(chatId, userId);
    requireOver(this.left(last?.createdAt, pauseMs));
    return last?.seq ?? 0;
  }

  /** Why a message was not stored: another of theirs follows the same one. */
  async overtaken(userId: string, { chatId, role, settings }: Access): Promise<ChatError> {
    const last = await this.messages.lastBy(chatId, userId);
    return tooSoon(Math.max(1, this.left(last?.createdAt, slowModeMs(role, settings))));
  }

  /**
   * An edit waits as a message would, and for the edit before it: the state of their edits that this one ends; undefined where they need
   * not wait.
   *
   * @throws ChatError chat/slow_mode
   */
  async edit(userId: string, { chatId, role, settings }: Access): Promise<string | undefined> {
    const pauseMs = slowModeMs(role, settings);
    if (pauseMs === 0) return undefined;
    const [last, member] = await Promise.all([this.messages.lastBy(chatId, userId), this.members.find(chatId, userId)]);
    requireOver(Math.max(this.left(last?.createdAt, pauseMs), this.left(member?.editedAt, pauseMs)));
    return stateOf('edits', userId, member?.editRev);
  }

  /** By the clocks of two replicas, perhaps: nobody waits longer than the whole pause for it. */
  private left(before: Date | undefined, pauseMs: number): number {
    return before ? Math.min(pauseMs, before.getTime() + pauseMs - this.clock.nowMs()) : 0;
  }
}

function requireOver(leftMs: number): void {
  if (leftMs > 0) throw tooSoon(leftMs);
}

const tooSoon = (retryAfterMs: number): ChatError => new ChatError('chat/slow_mode', { retryAfterMs });
