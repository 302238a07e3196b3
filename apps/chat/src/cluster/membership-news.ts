import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost } from '../kernel/at-most.js';
import { guardedListener } from '../kernel/boundary.js';
import type { ClusterEventMap } from './cluster-event-map.js';
import { ClusterEvents } from './cluster-events.js';

/** Who is in a chat now and who is not any more. */
export interface MembershipNewsItem {
  readonly chatId: string;
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

const rememberedMax = 50_000;

/**
 * The changes of membership that replicas tell each other, each person's in the order of the chat's log: two replicas may
 * tell of an addition and the removal after it in any order, and who was removed is not to come back with the older word.
 */
@Injectable()
export class MembershipNews {
  /** The last change heard of, by chat and person. */
  private readonly revs = new LRUCache<string, number>(atMost(rememberedMax));
  private readonly deleted = new LRUCache<string, true>(atMost(rememberedMax));
  private readonly listeners: ((news: MembershipNewsItem) => void)[] = [];

  constructor(clusterEvents: ClusterEvents) {
    clusterEvents.on('chat:deleted', ({ chatId }) => this.deleted.set(chatId, true));
    clusterEvents.on('membership:changed', (event) => this.hear(event));
  }

  watch(listener: (news: MembershipNewsItem) => void): void {
    this.listeners.push(guardedListener('membership news', listener));
  }

  private hear({ chatId, joined, left, revs }: ClusterEventMap['membership:changed']): void {
    const isNews = (userId: string) => this.isNews(`${chatId}:${userId}`, revs?.[userId]);
    const news = { chatId, left: left.filter(isNews), joined: this.deleted.has(chatId) ? [] : joined.filter(isNews) };
    for (const listener of this.listeners) listener(news);
  }

  /** The same change may be heard of again: what follows from it is done once more, which mends what went wrong. */
  private isNews(key: string, rev: number | undefined): boolean {
    if (rev === undefined) return true;
    if (rev < (this.revs.get(key) ?? 0)) return false;
    this.revs.set(key, rev);
    return true;
  }
}
