import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import { LRUCache } from 'lru-cache';
import { ChatAccess } from '../access/chat-access.js';
import { atMost } from '../kernel/at-most.js';
import type { Caller } from '../kernel/caller.js';
import { Broadcaster } from '../sockets/broadcaster.js';

/** Far more than write at the same time on one replica; who is pushed out is told of once more than they need be. */
const writersMax = 50_000;
/** Between two times that others are told that somebody is writing in a chat. */
const everyMs = 1_000;

/** Who is writing, told to those who have the chat open. Kept nowhere: what is lost is told again within seconds, or over by then. */
@Injectable()
export class TypingService {
  /** When it was told that somebody is writing, by chat and person, while that holds. */
  private readonly told = new LRUCache<string, number>({ ...atMost(writersMax), ttl: limits.typingMs });

  constructor(
    private readonly access: ChatAccess,
    private readonly broadcaster: Broadcaster,
  ) {}

  /** @throws ChatError chat/access_denied, chat/role_required: who may not send does not write either */
  async start({ userId }: Caller, chatId: string): Promise<void> {
    await this.access.forMember({ userId }, chatId, 'send');
    const key = keyOf(chatId, userId);
    const nowMs = performance.now();
    if (nowMs - (this.told.get(key) ?? -Infinity) < everyMs) return;
    this.told.set(key, nowMs);
    this.broadcaster.toOthersInOpen(chatId, userId, 'typing:changed', { chatId, userId, typing: true });
  }

  /** Told where it had been told that they write. @throws ChatError as `start` does */
  async stop({ userId }: Caller, chatId: string): Promise<void> {
    await this.access.forMember({ userId }, chatId, 'send');
    if (!this.told.delete(keyOf(chatId, userId))) return;
    this.broadcaster.toOthersInOpen(chatId, userId, 'typing:changed', { chatId, userId, typing: false });
  }
}

const keyOf = (chatId: string, userId: string): string => `${chatId}:${userId}`;
