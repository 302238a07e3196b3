import { Inject, Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Settings } from '@roost/settings';
import type { Model, Types } from 'mongoose';
import { BatchedReads } from '../kernel/batched-reads.js';
import { Clock } from '../kernel/clock.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { movedHeads } from '../logs/moved-heads.js';
import { insertInOrder } from '../logs/ordered-insert.js';
import type { Inserted, LogStore } from '../logs/sequenced-log.js';
import { objectId, objectIds } from '../store/ids.js';
import { inOneAnswer } from '../store/one-answer.js';
import { OwnEntryDocument } from './own-entry.schema.js';

/** Entries of one person, by key. */
export type Entries = ReadonlyMap<string, OwnEntryDocument>;

const peopleInARead = 100;
const emptied = { kind: 1, key: 1, at: 1, chatId: 1, joinedAt: 1, body: 1 } as const;

@Injectable()
export class OwnLogRepository implements LogStore<OwnEntryDocument> {
  private readonly heads = new BatchedReads<string, number>({
    idOf: String,
    read: (userIds) => this.readHeads(userIds),
    keysMax: peopleInARead,
  });

  constructor(
    @InjectModel(OwnEntryDocument.name) private readonly entries: Model<OwnEntryDocument>,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** The last place of a person's log, 0 where there is none; what many ask for at once is read together. */
  async readHead(userId: string): Promise<number> {
    return (await this.heads.of([userId])).get(userId) ?? 0;
  }

  async insert(entries: readonly OwnEntryDocument[]): Promise<Inserted> {
    const bounds = { timeoutMs: this.settings.mongodbTimeoutMs, clock: this.clock };
    const inserted = await insertInOrder(this.entries.collection, entries, bounds);
    if (inserted.kind !== 'place taken') return inserted;
    return (await this.isFollowed(entries[inserted.count])) ? { ...inserted, kind: 'seen before' } : inserted;
  }

  /** Whether another entry comes right after what this one was to follow. */
  private async isFollowed({ userId, follows }: Partial<OwnEntryDocument> = {}): Promise<boolean> {
    return userId !== undefined && follows !== undefined && (await this.entries.exists({ userId, follows })) !== null;
  }

  /** Those after a place that say something, ascending. */
  after(userId: string, rev: number, limit: number): Promise<OwnEntryDocument[]> {
    return this.entries
      .find({ userId: objectId(userId), rev: { $gt: rev }, key: { $exists: true } })
      .sort({ rev: 1 })
      .limit(limit)
      .lean()
      .exec();
  }

  /** The newest entry of each of these keys, by person and key; who has kept nothing under them is left out. */
  async newest(userIds: readonly string[], keys: readonly string[]): Promise<ReadonlyMap<string, Entries>> {
    const found = await this.entries
      .find({ userId: { $in: objectIds(userIds) }, key: { $in: keys } })
      .sort({ rev: 1 })
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    const byPerson = Map.groupBy(found, ({ userId }) => userId.toHexString());
    return new Map([...byPerson].map(([id, some]) => [id, new Map(some.map((entry) => [entry.key, entry]))]));
  }

  /** What these say is so now: earlier ones of their keys say nothing any more, and are a place and no more. */
  async emptyReplaced(entries: readonly OwnEntryDocument[]): Promise<void> {
    const writes = entries.map(({ userId, key, rev }) => ({
      updateMany: { filter: { userId, key, rev: { $lt: rev } }, update: { $unset: emptied } },
    }));
    await this.entries.bulkWrite(writes, { ordered: false });
  }

  /** The heads of the logs that got an entry since a moment, by person. */
  movedSince(moment: Date): Promise<Map<string, number>> {
    return movedHeads(this.entries, 'rev', moment, 'userId');
  }

  private async readHeads(userIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const heads = await this.entries
      .aggregate<{ _id: Types.ObjectId; rev: number }>([
        { $match: { userId: { $in: objectIds(userIds) } } },
        { $group: { _id: '$userId', rev: { $max: '$rev' } } },
      ])
      .option({ batchSize: inOneAnswer })
      .exec();
    return new Map(heads.map(({ _id, rev }) => [_id.toHexString(), rev]));
  }
}
