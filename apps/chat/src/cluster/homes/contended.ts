import { LRUCache } from 'lru-cache';
import { atMost } from '../../kernel/at-most.js';

const chatsMax = 10_000;
const rememberedMs = 10_000;

/** The chats in which this replica lately lost a place to another one, for as long as others go on writing there. */
export class Contended {
  private readonly chats: LRUCache<string, true>;

  constructor(nowMs: () => number) {
    this.chats = new LRUCache({
      ...atMost(chatsMax),
      ttl: rememberedMs,
      ttlResolution: 0,
      perf: { now: nowMs },
    });
  }

  has(chatId: string): boolean {
    return this.chats.has(chatId);
  }

  lost(chatId: string): void {
    this.chats.set(chatId, true);
  }

  /** Something was stored there that this replica did not ask for. */
  overheard(chatId: string): void {
    if (this.chats.has(chatId)) this.chats.set(chatId, true);
  }
}
