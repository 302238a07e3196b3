import { Inject, Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { sendableTypes } from '@roost/contract';
import type { Reaction } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { mongo } from 'mongoose';
import type { Model, Types } from 'mongoose';
import { Clock } from '../kernel/clock.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { bounded } from '../store/bounded.js';
import { objectId, objectIds } from '../store/ids.js';
import { inOneAnswer } from '../store/one-answer.js';
import type { Inserted, LogStore } from '../logs/sequenced-log.js';
import { movedHeads } from '../logs/moved-heads.js';
import { CombinedInserts } from '../logs/combined-inserts.js';
import type { Stored } from '../logs/combined-inserts.js';
import { duplicateKeyOf, isUnconfirmed, isWriteConflict, refusedOf } from '../store/store-errors.js';
import { MessageDocument, placeIndex, uncountedIndex } from './message.schema.js';

/** A stretch of history, on one side of a place that is not in it; without one it ends with the newest message. */
export interface HistoryStretch {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly deleted?: 'include' | undefined;
  readonly limit: number;
}

/** The messages of a chat after a place, up to another one. */
export interface SeqRange {
  readonly chatId: string;
  readonly after: number;
  readonly upTo: number;
}

/** What a person calls a message of theirs. */
interface SentName {
  readonly chatId: Types.ObjectId;
  readonly clientMessageId: string;
}

/**
 * Fields of unique indexes that know a message by itself, not by its place, or by the one that it alone may follow; `_id_` is what the
 * index of `_id` is called.
 */
const namesOfOneMessage: ReadonlySet<string> = new Set(['_id', '_id_', 'clientMessageId', 'afterOwnSeq']);

@Injectable()
export class MessagesRepository implements LogStore<MessageDocument> {
  private readonly inserts: CombinedInserts<MessageDocument>;

  constructor(
    @InjectModel(MessageDocument.name) private readonly messages: Model<MessageDocument>,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly clock: Clock,
  ) {
    const commands = {
      unordered: (documents: readonly MessageDocument[]) => this.insertUnordered(documents),
      ordered: (documents: readonly MessageDocument[]) => this.insertOrdered(documents),
    };
    this.inserts = new CombinedInserts(commands, { clock });
  }

  async readHead(chatId: string): Promise<number> {
    const options = { sort: { seq: -1 }, projection: { _id: 0, seq: 1 } } as const;
    return (await this.collection.findOne({ chatId: objectId(chatId) }, options))?.seq ?? 0;
  }

  /** Acknowledged by the majority with the journal (the connection's write concern), together with those of other chats. */
  async insert(entries: readonly MessageDocument[]): Promise<Inserted> {
    const { count, refused } = await this.inserts.add(entries);
    if (refused === undefined) return { kind: 'all' };
    if (isWriteConflict(refused)) return { kind: 'conflict', count };
    const key = duplicateKeyOf(refused);
    if (!key) throw refused as Error;
    const isSeen =
      key.length > 0 ? key.some((field) => namesOfOneMessage.has(field)) : await this.isStored(entries[count]);
    return { kind: isSeen ? 'seen before' : 'place taken', count };
  }

  /**
   * The driver's own collection: the contract has checked these documents, and casting, validating and watching them once
   * more would cost more than all the rest of sending.
   */
  private get collection(): mongo.Collection<MessageDocument> {
    const { db, collection } = this.messages;
    if (!db.db) throw new mongo.MongoNotConnectedError('not connected');
    return db.db.collection<MessageDocument>(collection.name);
  }

  private bounded<T>(write: Promise<T>): Promise<T> {
    return bounded(write, this.settings.mongodbTimeoutMs, this.clock);
  }

  private async insertUnordered(documents: readonly MessageDocument[]): Promise<readonly unknown[]> {
    const [first] = documents;
    try {
      if (documents.length === 1 && first) await this.bounded(this.collection.insertOne(first));
      else await this.bounded(this.collection.insertMany([...documents], { ordered: false }));
      return [];
    } catch (error) {
      if (error instanceof mongo.MongoBulkWriteError) return refusedOf(error, documents.length);
      if (documents.length === 1 && (duplicateKeyOf(error) || isWriteConflict(error))) return [error];
      throw error;
    }
  }

  private async insertOrdered(documents: readonly MessageDocument[]): Promise<Stored> {
    try {
      await this.bounded(this.collection.insertMany([...documents], { ordered: true }));
      return { count: documents.length };
    } catch (error) {
      if (isUnconfirmed(error) || !(duplicateKeyOf(error) || isWriteConflict(error))) throw error;
      return { count: error instanceof mongo.MongoBulkWriteError ? error.insertedCount : 0, refused: error };
    }
  }

  byId(id: string): Promise<MessageDocument | null> {
    return this.messages.findById(objectId(id)).lean().exec();
  }

  byIds(ids: Iterable<string>): Promise<MessageDocument[]> {
    return this.messages
      .find({ _id: { $in: objectIds(ids) } })
      .batchSize(inOneAnswer)
      .lean()
      .exec();
  }

  bySender(chatId: string, senderId: string, clientMessageId: string): Promise<MessageDocument | null> {
    return this.messages
      .findOne({ chatId: objectId(chatId), senderId: objectId(senderId), clientMessageId })
      .lean()
      .exec();
  }

  /** Which of these a person has sent. */
  async sentAmong<Named extends SentName>(senderId: string, asked: readonly Named[]): Promise<ReadonlySet<Named>> {
    if (asked.length === 0) return new Set();
    const names = asked.map(({ chatId, clientMessageId }) => ({
      chatId,
      senderId: objectId(senderId),
      clientMessageId,
    }));
    const sent = await this.messages
      .find({ $or: names }, { _id: 0, chatId: 1, clientMessageId: 1 })
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    const isSent = ({ chatId, clientMessageId }: SentName) =>
      sent.some((one) => one.chatId.equals(chatId) && one.clientMessageId === clientMessageId);
    return new Set(asked.filter(isSent));
  }

  /** Of what a person has sent to a chat, the last. */
  lastBy(chatId: string, senderId: string): Promise<Pick<MessageDocument, 'seq' | 'createdAt'> | null> {
    return this.messages
      .findOne(
        { chatId: objectId(chatId), senderId: objectId(senderId), type: { $in: sendableTypes } },
        { _id: 0, seq: 1, createdAt: 1 },
      )
      .sort({ seq: -1 })
      .lean()
      .exec();
  }

  /** Whether this draft has a place already, its own or that of an earlier attempt, or another has the one it may follow. */
  private async isStored(entry: MessageDocument | undefined): Promise<boolean> {
    if (!entry) return false;
    const { _id, chatId, senderId, clientMessageId, afterOwnSeq } = entry;
    const names = [
      { _id },
      ...(clientMessageId === undefined ? [] : [{ chatId, senderId, clientMessageId }]),
      ...(afterOwnSeq === undefined ? [] : [{ chatId, senderId, afterOwnSeq }]),
    ];
    for (const name of names) if ((await this.messages.exists(name)) !== null) return true;
    return false;
  }

  async isIn(chatId: string, messageId: string): Promise<boolean> {
    return (await this.messages.exists({ _id: objectId(messageId), chatId: objectId(chatId) })) !== null;
  }

  /** From the bound on: ascending after it, else descending. Tombstones are among them only where they are asked for. */
  page(chatId: string, { before, after, deleted, limit }: HistoryStretch): Promise<MessageDocument[]> {
    const ascending = after !== undefined;
    const bounds = { ...(before !== undefined && { $lt: before }), ...(after !== undefined && { $gt: after }) };
    return this.messages
      .find({
        chatId: objectId(chatId),
        ...(deleted === undefined && { deletedAt: { $exists: false } }),
        ...((ascending || before !== undefined) && { seq: bounds }),
      })
      .sort({ seq: ascending ? 1 : -1 })
      .limit(limit)
      .lean()
      .exec();
  }

  /** What lies in these ranges, tombstones included, ascending by seq within a chat. */
  async within(ranges: readonly SeqRange[]): Promise<MessageDocument[]> {
    const found = await this.messages
      .find({ $or: ranges.map(within) })
      .hint(placeIndex)
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    return found.toSorted((one, other) => one.seq - other.seq);
  }

  /** The heads of the chats that got an entry since a moment. */
  movedSince(moment: Date): Promise<Map<string, number>> {
    return movedHeads(this.messages, 'seq', moment);
  }

  /** Takes the text that change `rev` gave; neither an older change nor any change of a tombstone does anything. */
  async setText(id: string, edit: { text: string; sentTextHash: string; rev: number; at: Date }): Promise<void> {
    const { text, sentTextHash, rev, at } = edit;
    await this.messages
      .updateOne(
        {
          _id: objectId(id),
          deletedAt: { $exists: false },
          $or: [{ textRev: { $exists: false } }, { textRev: { $lt: rev } }],
        },
        { $set: { text, sentTextHash, textRev: rev, editedAt: at } },
      )
      .exec();
  }

  /** What change `rev` has counted. False where a later one has, or the message is a tombstone. */
  async setReactions(
    id: string,
    { reactions, rev, at }: { reactions: readonly Reaction[]; rev: number; at: Date },
  ): Promise<boolean> {
    const isNewer = [{ reactionsRev: { $exists: false } }, { reactionsRev: { $lt: rev } }];
    const { matchedCount } = await this.messages
      .updateOne(
        { _id: objectId(id), deletedAt: { $exists: false }, $or: isNewer },
        { $set: { reactions, reactionsRev: rev, reactedAt: at } },
      )
      .exec();
    return matchedCount === 1;
  }

  /** Leaves a tombstone, whatever else was decided before or after. */
  async bury(id: string, sentTextHash: string, at: Date): Promise<void> {
    await this.messages
      .updateOne(
        { _id: objectId(id), deletedAt: { $exists: false } },
        { $set: { deletedAt: at, uncounted: true, sentTextHash }, $unset: { text: 1, reactions: 1 } },
      )
      .exec();
  }

  /** How many messages of each of these ranges are never unread, by chat; where there are none it is left out. */
  async uncountedIn(ranges: readonly SeqRange[]): Promise<Map<string, number>> {
    if (ranges.length === 0) return new Map();
    const counts = await this.messages
      .aggregate<{ _id: Types.ObjectId; count: number }>([
        { $match: { $or: ranges.map((range) => ({ ...within(range), uncounted: true })) } },
        { $group: { _id: '$chatId', count: { $sum: 1 } } },
      ])
      .hint(uncountedIndex)
      .option({ batchSize: inOneAnswer })
      .exec();
    return new Map(counts.map(({ _id, count }) => [_id.toHexString(), count]));
  }
}

const within = ({ chatId, after, upTo }: SeqRange) => ({ chatId: objectId(chatId), seq: { $gt: after, $lte: upTo } });
