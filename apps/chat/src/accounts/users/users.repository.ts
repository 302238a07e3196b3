import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId, objectIds } from '../../store/ids.js';
import { inOneAnswer } from '../../store/one-answer.js';
import { duplicateKeyOf } from '../../store/store-errors.js';
import { nameWordsOf } from './name-words.js';
import { UserDocument } from './user.schema.js';

/** What others may know of an account, and what signing in needs. */
const publicFields = { displayName: 1, avatarUrl: 1, profileRev: 1 } as const;

export type ProfileDocument = Pick<UserDocument, '_id' | 'displayName' | 'avatarUrl' | 'profileRev'>;

/** Name or picture as they are to be; the empty text for no picture. */
export interface NewProfile {
  readonly displayName?: string | undefined;
  readonly avatarUrl?: string | undefined;
}

@Injectable()
export class UsersRepository {
  constructor(@InjectModel(UserDocument.name) private readonly users: Model<UserDocument>) {}

  /** False where the e-mail is taken. */
  async insert(user: Omit<UserDocument, 'nameWords'>): Promise<boolean> {
    try {
      await this.users.create({ ...user, nameWords: nameWordsOf(user.displayName) });
      return true;
    } catch (error) {
      if (duplicateKeyOf(error)?.includes('email')) return false;
      throw error;
    }
  }

  byEmail(email: string): Promise<UserDocument | null> {
    return this.users.findOne({ email }).lean().exec();
  }

  byId(id: string): Promise<UserDocument | null> {
    return this.users.findById(objectId(id)).lean().exec();
  }

  async isDisabled(id: string): Promise<boolean | undefined> {
    const user = await this.users.findById(objectId(id), { disabledAt: 1 }).lean().exec();
    return user ? user.disabledAt !== undefined : undefined;
  }

  /** As it is then; what is so already counts as no change. Null where there is no such account. */
  async updateProfile(id: string, { displayName, avatarUrl }: NewProfile): Promise<UserDocument | null> {
    const name = displayName !== undefined && { displayName, nameWords: nameWordsOf(displayName) };
    const picture = avatarUrl ? { avatarUrl } : {};
    const other = [
      ...(displayName === undefined ? [] : [{ displayName: { $ne: displayName } }]),
      ...(avatarUrl === undefined ? [] : [{ avatarUrl: avatarUrl === '' ? { $exists: true } : { $ne: avatarUrl } }]),
    ];
    const update = {
      $set: { ...name, ...picture },
      $inc: { profileRev: 1 },
      ...(avatarUrl === '' && { $unset: { avatarUrl: 1 as const } }),
    };
    const changed = await this.users
      .findOneAndUpdate({ _id: objectId(id), $or: other }, update, { returnDocument: 'after' })
      .lean()
      .exec();
    return changed ?? this.byId(id);
  }

  /** False where the password is not `from` any more. */
  async setPassword(id: string, { from, to }: { from: string; to: string }): Promise<boolean> {
    const result = await this.users
      .updateOne({ _id: objectId(id), passwordHash: from }, { $set: { passwordHash: to } })
      .exec();
    return result.matchedCount > 0;
  }

  async disabledSince(moment: Date): Promise<string[]> {
    const users = await this.users
      .find({ disabledAt: { $gte: moment } }, { _id: 1 })
      .lean()
      .exec();
    return users.map(({ _id }) => _id.toHexString());
  }

  /** Those of these people whose account is disabled. */
  async disabledAmong(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const users = await this.users
      .find({ _id: { $in: objectIds(ids) }, disabledAt: { $exists: true } }, { _id: 1 })
      .lean()
      .exec();
    return new Set(users.map(({ _id }) => _id.toHexString()));
  }

  /** These were there until now. */
  async seen(ids: readonly string[], at: Date): Promise<void> {
    if (ids.length > 0)
      await this.users.updateMany({ _id: { $in: objectIds(ids) } }, { $max: { lastSeenAt: at } }).exec();
  }

  /** When they were seen last, by id. */
  async lastSeen(ids: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const users = await this.users
      .find({ _id: { $in: objectIds(ids) }, lastSeenAt: { $exists: true } }, { lastSeenAt: 1 })
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    return new Map(users.flatMap(({ _id, lastSeenAt }) => (lastSeenAt ? [[_id.toHexString(), lastSeenAt]] : [])));
  }

  profiles(ids: readonly string[]): Promise<ProfileDocument[]> {
    return this.users
      .find({ _id: { $in: objectIds(ids) } }, publicFields)
      .batchSize(inOneAnswer)
      .lean()
      .exec();
  }

  /** Every word of the query must begin a word of the name. The first, longest word is answered by the index. */
  search(words: readonly string[], limit: number): Promise<ProfileDocument[]> {
    const [longest, ...others] = words
      .toSorted((a, b) => b.length - a.length)
      .map((word) => new RegExp(`^${escaped(word)}`));
    const all = others.map((nameWords) => ({ nameWords }));
    return this.users
      .find({ nameWords: longest, disabledAt: { $exists: false }, ...(all.length > 0 && { $and: all }) }, publicFields)
      .limit(limit)
      .lean()
      .exec();
  }
}

const escaped = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
