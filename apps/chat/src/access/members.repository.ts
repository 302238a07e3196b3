import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { newId, objectId, objectIds } from '../store/ids.js';
import { duplicateKeyOf } from '../store/store-errors.js';
import { MemberDocument } from './member.schema.js';

/** A membership to be: the state that change `rev` of the chat gives it. */
export type NewMember = Pick<MemberDocument, 'role' | 'joinedAt' | 'readSeq' | 'rev'> & {
  readonly chatId: string;
  readonly userId: string;
};

@Injectable()
export class MembersRepository {
  constructor(@InjectModel(MemberDocument.name) private readonly members: Model<MemberDocument>) {}

  /** The first members of a chat that does not exist yet. */
  async insertAll(members: readonly NewMember[]): Promise<void> {
    await this.members.insertMany(
      members.map((member) => ({ ...stateOf(member), _id: objectId(newId()) })),
      { lean: true },
    );
  }

  /** Undoes `insertAll` for a chat that did not come to be. */
  async removeAll(chatId: string): Promise<void> {
    await this.members.deleteMany({ chatId: objectId(chatId) }).exec();
  }

  find(chatId: string, userId: string): Promise<MemberDocument | null> {
    return this.members
      .findOne({ chatId: objectId(chatId), userId: objectId(userId), active: true })
      .lean()
      .exec();
  }

  /** Those of the given people who are members. */
  among(chatId: string, userIds: readonly string[]): Promise<MemberDocument[]> {
    return this.members
      .find({ chatId: objectId(chatId), userId: { $in: objectIds(userIds) }, active: true })
      .lean()
      .exec();
  }

  /** Those of the given people who are members or were. */
  everAmong(chatId: string, userIds: readonly string[]): Promise<MemberDocument[]> {
    return this.members
      .find({ chatId: objectId(chatId), userId: { $in: objectIds(userIds) } })
      .lean()
      .exec();
  }

  /** A page of members in the order in which they were first added, after a membership's id. */
  page(chatId: string, afterId: string | undefined, limit: number): Promise<MemberDocument[]> {
    return this.members
      .find({ chatId: objectId(chatId), active: true, ...(afterId && { _id: { $gt: objectId(afterId) } }) })
      .sort({ _id: 1 })
      .limit(limit)
      .lean()
      .exec();
  }

  count(chatId: string): Promise<number> {
    return this.members.countDocuments({ chatId: objectId(chatId), active: true }).exec();
  }

  async userIds(chatId: string): Promise<string[]> {
    const members = await this.members
      .find({ chatId: objectId(chatId), active: true }, { userId: 1 })
      .lean()
      .exec();
    return members.map((member) => member.userId.toHexString());
  }

  /** Every membership of a person, also in chats that were deleted since. */
  ofUser(userId: string): Promise<MemberDocument[]> {
    return this.members
      .find({ userId: objectId(userId), active: true })
      .lean()
      .exec();
  }

  async chatIdsOf(userId: string): Promise<string[]> {
    const members = await this.members
      .find({ userId: objectId(userId), active: true }, { _id: 0, chatId: 1 })
      .lean()
      .exec();
    return members.map((member) => member.chatId.toHexString());
  }

  /** Makes a person a member, as change `rev` says. Harmless to repeat; an older change changes nothing. */
  async add(member: NewMember): Promise<void> {
    const { chatId, userId, ...state } = stateOf(member);
    await this.moveTo({ chatId, userId }, state);
  }

  /** Ends a membership, as change `rev` says. Harmless to repeat; an older change changes nothing. */
  async remove(chatId: string, userId: string, rev: number): Promise<void> {
    await this.members
      .updateOne(
        { chatId: objectId(chatId), userId: objectId(userId), rev: { $lt: rev } },
        { $set: { active: false, rev } },
      )
      .exec();
  }

  /** An upsert whose filter fails on a newer rev tries to insert, and the unique index says that it is too late. */
  private async moveTo(key: Pick<MemberDocument, 'chatId' | 'userId'>, state: Partial<MemberDocument>): Promise<void> {
    try {
      await this.members.updateOne({ ...key, rev: { $lt: state.rev } }, { $set: state }, { upsert: true }).exec();
    } catch (error) {
      if (!duplicateKeyOf(error)) throw error;
    }
  }
}

const stateOf = ({ chatId, userId, role, joinedAt, readSeq, rev }: NewMember) => ({
  chatId: objectId(chatId),
  userId: objectId(userId),
  role,
  active: true,
  joinedAt,
  readSeq,
  deliveredSeq: readSeq,
  rev,
});
