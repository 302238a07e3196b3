import { Injectable } from '@nestjs/common';
import type { Position } from '@roost/contract';
import { LRUCache } from 'lru-cache';
import { atMost } from '../kernel/at-most.js';
import { ChangesRepository } from '../logs/changes.repository.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { LogReader } from './log-reader.js';

const rememberedMax = 50_000;

/** Which chats moved since a moment, and where they stand, read from the logs themselves. */
@Injectable()
export class MovedChats {
  /** Heads as last seen here; a chat that moves is seen again. */
  private readonly seqs = new LRUCache<string, number>(atMost(rememberedMax));
  private readonly revs = new LRUCache<string, number>(atMost(rememberedMax));

  constructor(
    private readonly messages: MessagesRepository,
    private readonly changes: ChangesRepository,
    private readonly reader: LogReader,
  ) {}

  async since(moment: Date): Promise<ReadonlySet<string>> {
    const [seqs, revs] = await Promise.all([this.messages.movedSince(moment), this.changes.movedSince(moment)]);
    for (const [chatId, seq] of seqs) this.seqs.set(chatId, seq);
    for (const [chatId, rev] of revs) this.revs.set(chatId, rev);
    return new Set([...seqs.keys(), ...revs.keys()]);
  }

  /** Where chats stand that moved. Those of which only one log is known are read, all together. */
  async positionsOf(chatIds: readonly string[]): Promise<ReadonlyMap<string, Position>> {
    const unknown = chatIds.filter((chatId) => !this.known(chatId));
    for (const [chatId, { seq, rev }] of await this.reader.positionsOf(unknown)) {
      this.seqs.set(chatId, seq);
      this.revs.set(chatId, rev);
    }
    return new Map(
      chatIds.flatMap((chatId) => {
        const position = this.known(chatId);
        return position ? [[chatId, position]] : [];
      }),
    );
  }

  private known(chatId: string): Position | undefined {
    const [seq, rev] = [this.seqs.get(chatId), this.revs.get(chatId)];
    return seq === undefined || rev === undefined ? undefined : { seq, rev };
  }
}
