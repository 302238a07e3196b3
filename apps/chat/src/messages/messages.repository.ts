import { Inject, Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Settings } from '@roost/settings';
import { mongo } from 'mongoose';
import type { Model, Types } from 'mongoose';
import { Clock } from '../kernel/clock.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { bounded } from '../store/bounded.js';
import { firstIdOf, objectId } from '../store/ids.js';
import type { Inserted, LogStore } from '../logs/sequenced-log.js';
import { CombinedInserts } from '../logs/combined-inserts.js';
import type { Stored } from '../logs/combined-inserts.js';
import { duplicateKeyOf, isUnconfirmed, isWriteConflict, refusedOf } from '../store/store-errors.js';
import { MessageDocument } from './message.schema.js';

/** A page of history; bounds are exclusive. */
export interface HistoryPage {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Fields of unique indexes that know a message by itself, not by its place; `_id_` is what the index of `_id` is called. */
const namesOfOneMessage: ReadonlySet<string> = new Set(['_id', '_id_', 'clientMessageId']);

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

  /** The newest message of a chat. */
  last(chatId: string): Promise<MessageDocument | null> {
    return this.messages
      .findOne({ chatId: objectId(chatId) })
      .sort({ seq: -1 })
      .lean()
      .exec();
  }

  byId(id: string): Promise<MessageDocument | null> {
    return this.messages.findById(objectId(id)).lean().exec();
  }

  bySender(chatId: string, senderId: string, clientMessageId: string): Promise<MessageDocument | null> {
    return this.messages
      .findOne({ chatId: objectId(chatId), senderId: objectId(senderId), clientMessageId })
      .lean()
      .exec();
  }

  /** Whether this draft has a place already, its own or that of an earlier attempt. */
  private async isStored(entry: MessageDocument | undefined): Promise<boolean> {
    if (!entry) return false;
    const { _id, chatId, senderId, clientMessageId } = entry;
    if ((await this.messages.exists({ _id })) !== null) return true;
    return (
      clientMessageId !== undefined && (await this.messages.exists({ chatId, senderId, clientMessageId })) !== null
    );
  }

  async isIn(chatId: string, messageId: string): Promise<boolean> {
    return (await this.messages.exists({ _id: objectId(messageId), chatId: objectId(chatId) })) !== null;
  }

  /** A page without tombstones, ascending. A page is short only at an end of the history. */
  async page(chatId: string, { before, after, limit }: HistoryPage): Promise<MessageDocument[]> {
    const ascending = after !== undefined;
    const bounds = { ...(before !== undefined && { $lt: before }), ...(after !== undefined && { $gt: after }) };
    const items = await this.messages
      .find({
        chatId: objectId(chatId),
        deletedAt: { $exists: false },
        ...((ascending || before !== undefined) && { seq: bounds }),
      })
      .sort({ seq: ascending ? 1 : -1 })
      .limit(limit)
      .lean()
      .exec();
    return ascending ? items : items.toReversed();
  }

  /** What a caller who is behind has missed, ascending, tombstones included. */
  after(chatId: string, seq: number, limit: number): Promise<MessageDocument[]> {
    return this.messages
      .find({ chatId: objectId(chatId), seq: { $gt: seq } })
      .sort({ seq: 1 })
      .limit(limit)
      .lean()
      .exec();
  }

  /** The newest page with its tombstones, ascending. */
  async newest(chatId: string, limit: number): Promise<MessageDocument[]> {
    const newest = await this.messages
      .find({ chatId: objectId(chatId) })
      .sort({ seq: -1 })
      .limit(limit)
      .lean()
      .exec();
    return newest.toReversed();
  }

  /** The heads of the chats that got an entry since a moment. Ids begin with the time they were made. */
  async movedSince(moment: Date): Promise<Map<string, number>> {
    const heads = await this.messages
      .aggregate<{ _id: Types.ObjectId; head: number }>([
        { $match: { _id: { $gt: firstIdOf(moment) } } },
        { $group: { _id: '$chatId', head: { $max: '$seq' } } },
      ])
      .exec();
    return new Map(heads.map(({ _id: chatId, head }) => [chatId.toHexString(), head]));
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

  /** Leaves a tombstone, whatever else was decided before or after. */
  async bury(id: string, sentTextHash: string, at: Date): Promise<void> {
    await this.messages
      .updateOne(
        { _id: objectId(id), deletedAt: { $exists: false } },
        { $set: { deletedAt: at, uncounted: true, sentTextHash }, $unset: { text: 1 } },
      )
      .exec();
  }

  /** Place of a person's last own message, 0 for none. */
  async lastOwnSeq(chatId: string, userId: string): Promise<number> {
    const own = await this.messages
      .findOne({ chatId: objectId(chatId), senderId: objectId(userId) }, { seq: 1 })
      .sort({ seq: -1 })
      .lean()
      .exec();
    return own?.seq ?? 0;
  }

  /** How many messages after a place are never unread. */
  uncountedAfter(chatId: string, seq: number): Promise<number> {
    return this.messages.countDocuments({ chatId: objectId(chatId), seq: { $gt: seq }, uncounted: true }).exec();
  }
}
