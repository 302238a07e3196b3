import { Injectable } from '@nestjs/common';
import type { Position } from '@roost/contract';
import { LRUCache } from 'lru-cache';
import { ChangesRepository } from '../logs/changes.repository.js';
import { MessagesRepository } from '../messages/messages.repository.js';

const rememberedMax = 50_000;

/** Which chats moved since a moment, and where they stand, read from the logs themselves. */
@Injectable()
export class MovedChats {
  /** Heads as last seen here; a chat that moves is seen again. */
  private readonly seqs = new LRUCache<string, number>({ max: rememberedMax });
  private readonly revs = new LRUCache<string, number>({ max: rememberedMax });

  constructor(
    private readonly messages: MessagesRepository,
    private readonly changes: ChangesRepository,
  ) {}

  /** Only of the chats that `isWanted`; the others cost nothing but their line in the answer of the store. */
  async since(moment: Date, isWanted: (chatId: string) => boolean): Promise<Map<string, Position>> {
    const [seqs, revs] = await Promise.all([this.messages.movedSince(moment), this.changes.movedSince(moment)]);
    for (const [chatId, seq] of seqs) this.seqs.set(chatId, seq);
    for (const [chatId, rev] of revs) this.revs.set(chatId, rev);
    const wanted = [...new Set([...seqs.keys(), ...revs.keys()])].filter(isWanted);
    const positions = await Promise.all(wanted.map(async (chatId) => [chatId, await this.positionOf(chatId)] as const));
    return new Map(positions);
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
