import { Inject, Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Settings } from '@roost/settings';
import type { Model, Types } from 'mongoose';
import { Clock } from '../kernel/clock.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { firstIdOf, objectId } from '../store/ids.js';
import { inOneAnswer } from '../store/one-answer.js';
import { insertInOrder } from './ordered-insert.js';
import type { Inserted, LogStore } from './sequenced-log.js';
import { ChangeDocument, revIndex } from './change.schema.js';
import { movedHeads } from './moved-heads.js';
import type { ChangeOf } from './change-kinds.js';

/** What says who may do what in a chat. */
const accessKinds = ['member:added', 'member:updated', 'member:removed', 'chat:updated', 'chat:deleted'] as const;
type AccessKind = (typeof accessKinds)[number];

/** The changes of a chat after a place, up to another one. */
export interface RevRange {
  readonly chatId: string;
  readonly after: number;
  readonly upTo: number;
}

@Injectable()
export class ChangesRepository implements LogStore<ChangeDocument> {
  constructor(
    @InjectModel(ChangeDocument.name) private readonly changes: Model<ChangeDocument>,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async readHead(chatId: string): Promise<number> {
    const head = await this.changes
      .findOne({ chatId: objectId(chatId) }, { rev: 1 })
      .sort({ rev: -1 })
      .lean()
      .exec();
    return head?.rev ?? 0;
  }

  async insert(entries: readonly ChangeDocument[]): Promise<Inserted> {
    const bounds = { timeoutMs: this.settings.mongodbTimeoutMs, clock: this.clock };
    const inserted = await insertInOrder(this.changes.collection, entries, bounds);
    if (inserted.kind !== 'place taken') return inserted;
    return (await this.isDecided(entries[inserted.count])) ? { ...inserted, kind: 'seen before' } : inserted;
  }

  /** Whether a state that this change ends has ended already, or it was made before. */
  private async isDecided(entry: ChangeDocument | undefined): Promise<boolean> {
    if (!entry) return false;
    const { chatId, ends, mutation } = entry;
    if (ends !== undefined && (await this.changes.exists({ chatId, ends: { $in: [ends].flat() } })) !== null)
      return true;
    return mutation !== undefined && (await this.changes.exists({ chatId, mutation })) !== null;
  }

  byMutations(chatId: string, mutations: readonly string[]): Promise<ChangeDocument[]> {
    return this.changes
      .find({ chatId: objectId(chatId), mutation: { $in: mutations } })
      .batchSize(inOneAnswer)
      .lean()
      .exec();
  }

  byMutation(chatId: string, mutation: string): Promise<ChangeDocument | null> {
    return this.changes
      .findOne({ chatId: objectId(chatId), mutation })
      .lean()
      .exec();
  }

  async isCausedBy(chatId: string, cause: string, userId: string): Promise<boolean> {
    return (await this.changes.exists({ chatId: objectId(chatId), cause, by: objectId(userId) })) !== null;
  }

  async statesEndedBy(chatId: string, cause: string): Promise<Set<string>> {
    const found = await this.changes
      .find({ chatId: objectId(chatId), cause }, { ends: 1 })
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    return new Set(found.flatMap(({ ends }) => ends ?? []));
  }

  async countCaused(chatId: string, causes: readonly string[]): Promise<Map<string, number>> {
    if (causes.length === 0) return new Map();
    const counts = await this.changes
      .aggregate<{ _id: string; count: number }>([
        { $match: { chatId: objectId(chatId), cause: { $in: causes } } },
        { $group: { _id: '$cause', count: { $sum: 1 } } },
      ])
      .option({ batchSize: inOneAnswer })
      .exec();
    return new Map(counts.map(({ _id, count }) => [_id, count]));
  }

  /** What lies in these ranges and was not replaced, ascending by rev within a chat. */
  async within(ranges: readonly RevRange[]): Promise<ChangeDocument[]> {
    const found = await this.changes
      .find({
        $or: ranges.map(within),
        superseded: { $exists: false },
      })
      .hint(revIndex)
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    return found.toSorted((one, other) => one.rev - other.rev);
  }

  /** How many lie in these ranges and were not replaced, by chat; where there are none it is left out. */
  async countWithin(ranges: readonly RevRange[]): Promise<Map<string, number>> {
    if (ranges.length === 0) return new Map();
    const counts = await this.changes
      .aggregate<{ _id: Types.ObjectId; count: number }>([
        { $match: { $or: ranges.map(within), superseded: { $exists: false } } },
        { $group: { _id: '$chatId', count: { $sum: 1 } } },
      ])
      .hint(revIndex)
      .option({ batchSize: inOneAnswer })
      .exec();
    return new Map(counts.map(({ _id, count }) => [_id.toHexString(), count]));
  }

  /** Changes of a chat after a place that are still to be applied, ascending by rev. */
  pendingOf(chatId: string, afterRev: number, limit: number): Promise<ChangeDocument[]> {
    return this.changes
      .find({ pending: true, chatId: objectId(chatId), rev: { $gt: afterRev } })
      .sort({ rev: 1 })
      .limit(limit)
      .lean()
      .exec();
  }

  /** A page of all that are still to be applied and were decided from one moment to before another, oldest first. */
  pendingBetween(from: Date, before: Date, limit: number): Promise<ChangeDocument[]> {
    return this.changes
      .find({ pending: true, at: { $gte: from, $lt: before } })
      .sort({ at: 1 })
      .limit(limit)
      .lean()
      .exec();
  }

  /** The heads of the chats that got an entry since a moment. */
  movedSince(moment: Date): Promise<Map<string, number>> {
    return movedHeads(this.changes, 'rev', moment);
  }

  /** Changes of who is in which chat, and of what they may do there, since a moment, oldest first. */
  accessSince(moment: Date): AsyncIterable<ChangeOf<AccessKind>> {
    return this.changes
      .find({ _id: { $gt: firstIdOf(moment) }, kind: { $in: accessKinds } })
      .sort({ _id: 1 })
      .lean<ChangeOf<AccessKind>[]>()
      .cursor();
  }

  /** These were applied: earlier ones of the same key say nothing more. */
  async markAllApplied(applied: readonly ChangeDocument[]): Promise<void> {
    if (applied.length === 0) return;
    const ids = { _id: { $in: applied.map(({ _id }) => _id) }, pending: true as const };
    const marks = [{ updateMany: { filter: ids, update: { $unset: { pending: 1 as const } } } }];
    await this.changes.bulkWrite([...marks, ...applied.flatMap(supersedingBefore)]);
  }

  /** Whether it was not marked so before. */
  async markApplied(_id: Types.ObjectId): Promise<boolean> {
    const { modifiedCount } = await this.changes.updateOne({ _id, pending: true }, { $unset: { pending: 1 } }).exec();
    return modifiedCount === 1;
  }
}

const within = ({ chatId, after, upTo }: RevRange) => ({ chatId: objectId(chatId), rev: { $gt: after, $lte: upTo } });

function supersedingBefore({ chatId, key, rev }: ChangeDocument) {
  if (key === undefined) return [];
  const filter = { chatId, key, rev: { $lt: rev }, superseded: { $exists: false } };
  return [{ updateMany: { filter, update: { $set: { superseded: true as const } } } }];
}
