import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { ChatSettings } from '@roost/contract';
import type { Model } from 'mongoose';
import type { MomentPlace } from '../kernel/moment-cursor.js';
import { objectId, objectIds } from '../store/ids.js';
import { duplicateKeyOf } from '../store/store-errors.js';
import { ChatDocument } from './chat.schema.js';

/** A place in the list of chats, newest activity first; `id` decides between equals. */
export type ActivityPlace = MomentPlace;

export const newestFirst = { lastActivityAt: -1, _id: -1 } as const;
/** What a chat is as long as it is not deleted. */
export const live = { isDeleted: { $exists: false } };

@Injectable()
export class ChatsRepository {
  constructor(@InjectModel(ChatDocument.name) private readonly chats: Model<ChatDocument>) {}

  /** False where the direct chat of these two exists already, or one that was created under the same name. */
  async insert(chat: ChatDocument): Promise<boolean> {
    try {
      await this.chats.create(chat);
      return true;
    } catch (error) {
      const key = duplicateKeyOf(error);
      if (key?.includes('directKey') || key?.includes('mutation')) return false;
      throw error;
    }
  }

  byId(id: string): Promise<ChatDocument | null> {
    return this.chats
      .findOne({ _id: objectId(id), ...live })
      .lean()
      .exec();
  }

  byDirectKey(directKey: string): Promise<ChatDocument | null> {
    return this.chats
      .findOne({ directKey, ...live })
      .lean()
      .exec();
  }

  /** The chat that was created under this name, deleted or not. */
  byMutation(mutation: string): Promise<ChatDocument | null> {
    return this.chats.findOne({ mutation }).lean().exec();
  }

  /** Ids of the most recently active of the given chats. */
  async mostActive(ids: readonly string[], limit: number): Promise<string[]> {
    const chats = await this.chats
      .find({ _id: { $in: objectIds(ids) }, ...live }, { _id: 1 })
      .sort(newestFirst)
      .limit(limit)
      .lean()
      .exec();
    return chats.map((chat) => chat._id.toHexString());
  }

  /** Moves chats up in the lists, never down. */
  async moveHeads(heads: readonly { chatId: string; at: Date }[]): Promise<void> {
    await this.chats.bulkWrite(
      heads.map(({ chatId, at }) => ({
        updateOne: { filter: { _id: objectId(chatId) }, update: { $max: { lastActivityAt: at } } },
      })),
      { ordered: false },
    );
  }

  /** False where it was counted anew since this version was read. */
  async setMemberCount({ _id, memberCountVersion }: ChatDocument, memberCount: number): Promise<boolean> {
    const { matchedCount } = await this.chats
      .updateOne(
        { _id, memberCountVersion: memberCountVersion ?? { $exists: false } },
        { $set: { memberCount }, $inc: { memberCountVersion: 1 } },
      )
      .exec();
    return matchedCount === 1;
  }

  /** Takes the title that change `rev` gave; an older change changes nothing. */
  async setTitle(id: string, title: string, rev: number): Promise<void> {
    await this.chats
      .updateOne(
        { _id: objectId(id), $or: [{ titleRev: { $exists: false } }, { titleRev: { $lt: rev } }] },
        { $set: { title, titleRev: rev } },
      )
      .exec();
  }

  /** Takes the settings that change `rev` gave; an older change changes nothing. */
  async setSettings(id: string, settings: Partial<ChatSettings>, rev: number): Promise<void> {
    await this.chats
      .updateOne(
        { _id: objectId(id), $or: [{ settingsRev: { $exists: false } }, { settingsRev: { $lt: rev } }] },
        { $set: { settings, settingsRev: rev } },
      )
      .exec();
  }

  /** Takes the owner that change `rev` of the roles gave; one that was applied before changes nothing. */
  async setOwner(id: string, ownerId: string, rev: number): Promise<void> {
    await this.chats
      .updateOne({ _id: objectId(id), ...rolesBefore(rev) }, { $set: { ownerId: objectId(ownerId) } })
      .exec();
  }

  /** Says that change `rev` of the roles is applied: the next one may be decided. */
  async setRolesRev(id: string, rev: number): Promise<void> {
    await this.chats.updateOne({ _id: objectId(id), ...rolesBefore(rev) }, { $set: { rolesRev: rev } }).exec();
  }

  /** A deleted direct chat makes room for a new one of the same two. */
  async markDeleted(id: string): Promise<void> {
    await this.chats.updateOne({ _id: objectId(id) }, { $set: { isDeleted: true }, $unset: { directKey: 1 } }).exec();
  }
}

const rolesBefore = (rev: number) => ({ $or: [{ rolesRev: { $exists: false } }, { rolesRev: { $lt: rev } }] });

/** What comes after a place in that order. */
export const olderThan = ({ at, id }: ActivityPlace) => ({
  $or: [{ lastActivityAt: { $lt: at } }, { lastActivityAt: at, _id: { $lt: objectId(id) } }],
});
