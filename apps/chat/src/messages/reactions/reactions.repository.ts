import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { limits } from '@roost/contract';
import type { Reaction } from '@roost/contract';
import type { Model } from 'mongoose';
import type { MomentPlace } from '../../kernel/moment-cursor.js';
import { TrailingFlight } from '../../kernel/trailing-flight.js';
import { newId, objectId, objectIds } from '../../store/ids.js';
import { inOneAnswer } from '../../store/one-answer.js';
import { duplicateKeyOf } from '../../store/store-errors.js';
import { ReactionDocument } from './reaction.schema.js';

/** One person's reaction to one message. */
export interface ReactionKey {
  readonly messageId: string;
  readonly userId: string;
  readonly emoji: string;
}

@Injectable()
export class ReactionsRepository {
  private readonly counts = new TrailingFlight<readonly Reaction[]>();

  constructor(@InjectModel(ReactionDocument.name) private readonly reactions: Model<ReactionDocument>) {}

  /** Stores what a person wishes. Whether it was otherwise before. */
  async set({ messageId, userId, emoji }: ReactionKey, on: boolean, at: Date): Promise<boolean> {
    const one = { messageId: objectId(messageId), userId: objectId(userId), emoji };
    const update = { $set: { on, at, pending: true }, $inc: { turn: 1 } };
    if (!on) return (await this.reactions.updateOne({ ...one, on: true }, update).exec()).modifiedCount === 1;
    try {
      const insert = { ...update, $setOnInsert: { _id: objectId(newId()) } };
      await this.reactions.updateOne({ ...one, on: false }, insert, { upsert: true }).exec();
      return true;
    } catch (error) {
      // It is there, and on.
      if (duplicateKeyOf(error)) return false;
      throw error;
    }
  }

  /** Of those with this emoji, where one is named; in the order in which they came, after a place. */
  page(messageId: string, emoji: string | undefined, after: MomentPlace | undefined, limit: number) {
    return this.reactions
      .find({
        messageId: objectId(messageId),
        on: true,
        ...(emoji !== undefined && { emoji }),
        ...(after && {
          $or: [{ at: { $gt: after.at } }, { at: after.at, _id: { $gt: objectId(after.id) } }],
        }),
      })
      .sort({ at: 1, _id: 1 })
      .limit(limit)
      .lean()
      .exec();
  }

  /** What has been said of a message and not told: read before it is counted. */
  pendingOf(messageId: string): Promise<ReactionDocument[]> {
    return this.reactions
      .find({ messageId: objectId(messageId), pending: true })
      .batchSize(inOneAnswer)
      .lean()
      .exec();
  }

  /** The oldest that nobody has told, of before a moment. */
  leftBefore(moment: Date, limit: number): Promise<ReactionDocument[]> {
    return this.reactions
      .find({ pending: true, at: { $lt: moment } })
      .sort({ at: 1 })
      .limit(limit)
      .lean()
      .exec();
  }

  /** The chat was told of these; of one that was changed since, it was not. */
  async settle(told: readonly ReactionDocument[]): Promise<void> {
    if (told.length === 0) return;
    const writes = told.map(({ _id, turn, on }) =>
      on
        ? { updateOne: { filter: { _id, turn }, update: { $unset: { pending: 1 as const } } } }
        : { deleteOne: { filter: { _id, turn } } },
    );
    await this.reactions.bulkWrite(writes, { ordered: false });
  }

  /** Counted, with the first who did; the emoji that came first is first. All who ask at once are answered by one count. */
  summaryOf(messageId: string): Promise<readonly Reaction[]> {
    return this.counts.get(messageId, () => this.count(messageId));
  }

  private async count(messageId: string): Promise<readonly Reaction[]> {
    const rows = await this.reactions
      .aggregate<{ _id: string; count: number }>([
        { $match: { messageId: objectId(messageId), on: true } },
        { $group: { _id: '$emoji', count: { $sum: 1 }, first: { $min: '$at' } } },
        { $sort: { first: 1 } },
        { $limit: limits.reactionEmoji },
      ])
      .option({ batchSize: inOneAnswer })
      .exec();
    return Promise.all(
      rows.map(async ({ _id: emoji, count }) => {
        const first = await this.page(messageId, emoji, undefined, limits.reactionUsers);
        return {
          emoji,
          count: Math.max(count, first.length),
          userIds: first.map(({ userId }) => userId.toHexString()),
        };
      }),
    );
  }

  /** With what this person has reacted to each of these messages. */
  async ofPerson(userId: string, messageIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const own = await this.reactions
      .find({ messageId: { $in: objectIds(messageIds) }, userId: objectId(userId), on: true })
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    const byMessage = Map.groupBy(own, (one) => one.messageId.toHexString());
    return new Map([...byMessage].map(([id, some]) => [id, new Set(some.map(({ emoji }) => emoji))]));
  }

  async forget(messageId: string): Promise<void> {
    await this.reactions.deleteMany({ messageId: objectId(messageId) }).exec();
  }
}
