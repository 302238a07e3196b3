import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, Types } from 'mongoose';
import { objectId } from '../../store/ids.js';
import { duplicateKeyOf } from '../../store/store-errors.js';
import { InviteDocument } from './invite.schema.js';

/** What became of an invite to be stored: another has its place, or one was made under its name before. */
export type Stored = 'stored' | 'place taken' | 'made before';

@Injectable()
export class InvitesRepository {
  constructor(@InjectModel(InviteDocument.name) private readonly invites: Model<InviteDocument>) {}

  async insert(invite: InviteDocument): Promise<Stored> {
    try {
      await this.invites.create(invite);
      return 'stored';
    } catch (error) {
      const key = duplicateKeyOf(error);
      if (key?.includes('mutation')) return 'made before';
      if (key?.includes('place')) return 'place taken';
      throw error;
    }
  }

  byToken(tokenHash: string): Promise<InviteDocument | null> {
    return this.invites.findOne({ tokenHash }).lean().exec();
  }

  byId(chatId: string, inviteId: string): Promise<InviteDocument | null> {
    return this.invites
      .findOne({ _id: objectId(inviteId), chatId: objectId(chatId) })
      .lean()
      .exec();
  }

  byMutation(chatId: string, mutation: string): Promise<InviteDocument | null> {
    return this.invites
      .findOne({ chatId: objectId(chatId), mutation })
      .lean()
      .exec();
  }

  /** Those that have a place among the invites of a chat, oldest first. */
  async placed(chatId: string): Promise<InviteDocument[]> {
    const found = await this.invites
      .find({ chatId: objectId(chatId), place: { $exists: true } })
      .lean()
      .exec();
    return found.toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
  }

  /** Makes room for others. */
  async displace(ids: readonly Types.ObjectId[]): Promise<void> {
    await this.invites.updateMany({ _id: { $in: ids } }, { $unset: { place: 1 } }).exec();
  }

  /** Harmless to repeat. */
  async revoke(_id: Types.ObjectId, revokedAt: Date): Promise<void> {
    await this.invites
      .updateOne({ _id, revokedAt: { $exists: false } }, { $set: { revokedAt }, $unset: { place: 1 } })
      .exec();
  }
}
