import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { mongo } from 'mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../store/ids.js';
import type { Inserted, LogStore } from '../store/sequenced-log.js';
import { duplicateKeyOf, isWriteConflict } from '../store/store-errors.js';
import { ChangeDocument } from './change.schema.js';

@Injectable()
export class ChangesRepository implements LogStore<ChangeDocument> {
  constructor(@InjectModel(ChangeDocument.name) private readonly changes: Model<ChangeDocument>) {}

  async readHead(chatId: string): Promise<number> {
    const head = await this.changes
      .findOne({ chatId: objectId(chatId) }, { rev: 1 })
      .sort({ rev: -1 })
      .lean()
      .exec();
    return head?.rev ?? 0;
  }

  async insert(entries: readonly ChangeDocument[]): Promise<Inserted> {
    try {
      await this.changes.collection.insertMany([...entries], { ordered: true });
      return { kind: 'all' };
    } catch (error) {
      if (!duplicateKeyOf(error) && !isWriteConflict(error)) throw error;
      return { kind: 'place taken', count: error instanceof mongo.MongoBulkWriteError ? error.insertedCount : 0 };
    }
  }

  async markApplied(chatId: string, revs: readonly number[]): Promise<void> {
    await this.changes
      .updateMany({ chatId: objectId(chatId), rev: { $in: [...revs] } }, { $unset: { pending: 1 } })
      .exec();
  }
}
