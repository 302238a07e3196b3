import { Injectable } from '@nestjs/common';
import type { Position } from '@roost/contract';
import { LRUCache } from 'lru-cache';
import { atMost } from '../kernel/at-most.js';
import { ChangesRepository } from '../logs/changes.repository.js';
import { batches } from '../kernel/batches.js';
import { MessagesRepository } from '../messages/messages.repository.js';

const rememberedMax = 50_000;
/** Heads that are not remembered are read this many at a time. */
const readsAtOnce = 20;

/** Which chats moved since a moment, and where they stand, read from the logs themselves. */
@Injectable()
export class MovedChats {
  /** Heads as last seen here; a chat that moves is seen again. */
  private readonly seqs = new LRUCache<string, number>(atMost(rememberedMax));
  private readonly revs = new LRUCache<string, number>(atMost(rememberedMax));

  constructor(
    private readonly messages: MessagesRepository,
    private readonly changes: ChangesRepository,
  ) {}

  async since(moment: Date): Promise<ReadonlySet<string>> {
    const [seqs, revs] = await Promise.all([this.messages.movedSince(moment), this.changes.movedSince(moment)]);
    for (const [chatId, seq] of seqs) this.seqs.set(chatId, seq);
    for (const [chatId, rev] of revs) this.revs.set(chatId, rev);
    return new Set([...seqs.keys(), ...revs.keys()]);
  }

  /** Where chats stand that moved. */
  async positionsOf(chatIds: readonly string[]): Promise<ReadonlyMap<string, Position>> {
    const positions = new Map<string, Position>();
    for (const batch of batches(chatIds, readsAtOnce)) {
      await Promise.all(batch.map(async (chatId) => positions.set(chatId, await this.positionOf(chatId))));
    }
    return positions;
  }

  private async positionOf(chatId: string): Promise<Position> {
    const [seq, rev] = await Promise.all([
      this.seqs.get(chatId) ?? this.messages.readHead(chatId),
      this.revs.get(chatId) ?? this.changes.readHead(chatId),
    ]);
    this.seqs.set(chatId, seq);
    this.revs.set(chatId, rev);
    return { seq, rev };
  }
}
