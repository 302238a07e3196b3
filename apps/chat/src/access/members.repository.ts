import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Role } from '@roost/contract';
import type { Model, Types } from 'mongoose';
import { newId, objectId, objectIds } from '../store/ids.js';
import { inOneAnswer } from '../store/one-answer.js';
import { duplicateKeyOf, foundOnlyDuplicates } from '../store/store-errors.js';
import { MemberDocument } from './member.schema.js';
import type { BanRecord } from './member.schema.js';

/** A membership to be: the state that change `rev` of the chat gives it. */
export type NewMember = Pick<MemberDocument, 'role' | 'joinedAt' | 'readSeq' | 'rev'> & {
  readonly chatId: string;
  readonly userId: string;
};

/** Memberships ended in one write. */
const endedAtOnce = 500;

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

  /** Since when somebody is in each of these chats, milliseconds since the epoch. */
  async joinedAtOf(userId: string, chatIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const found = await this.members
      .find({ userId: objectId(userId), active: true, chatId: { $in: objectIds(chatIds) } }, { chatId: 1, joinedAt: 1 })
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    return new Map(found.map(({ chatId, joinedAt }) => [chatId.toHexString(), joinedAt.getTime()]));
  }

  /** Those of the given people who are members. */
  among(chatId: string, userIds: readonly string[]): Promise<MemberDocument[]> {
    return this.members
      .find({ chatId: objectId(chatId), userId: { $in: objectIds(userIds) }, active: true })
      .lean()
      .exec();
  }

  /** Those of the given people who are in any of these chats. */
  async inAnyOf(chatIds: readonly string[], userIds: readonly string[]): Promise<string[]> {
    const found = await this.members
      .aggregate<{ _id: Types.ObjectId }>([
        { $match: { userId: { $in: objectIds(userIds) }, active: true, chatId: { $in: objectIds(chatIds) } } },
        { $group: { _id: '$userId' } },
      ])
      .option({ batchSize: inOneAnswer })
      .exec();
    return found.map(({ _id }) => _id.toHexString());
  }

  /** Those of the given people of whom anything is known in this chat: who are members, were, or are kept out. */
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

  /** All who are members or were. */
  async everIn(chatId: string): Promise<string[]> {
    const members = await this.members
      .find({ chatId: objectId(chatId) }, { userId: 1 })
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    return members.map(({ userId }) => userId.toHexString());
  }

  /**
   * Makes people members, as changes of the chat say. Harmless to repeat; a change that is older than the membership
   * changes nothing: its upsert finds none to update, and the unique index says that there is one.
   */
  async addAll(members: readonly NewMember[]): Promise<void> {
    const upserts = members.map((member) => {
      const { chatId, userId, ...state } = stateOf(member);
      const filter = { chatId, userId, rev: { $lt: member.rev } };
      return {
        updateOne: {
          filter,
          update: { $set: state, $unset: { ban: 1 as const, isStranger: 1 as const } },
          upsert: true,
        },
      };
    });
    try {
      await this.members.bulkWrite(upserts, { ordered: false });
    } catch (error) {
      if (!foundOnlyDuplicates(error)) throw error;
    }
  }

  /** Puts a chat out of a person's list, and marks it as read so far. False where it was out of it already. */
  async hide(chatId: string, userId: string, seq: number): Promise<boolean> {
    const { modifiedCount } = await this.members
      .updateOne(
        { chatId: objectId(chatId), userId: objectId(userId), active: true },
        { $set: { hiddenSeq: seq }, $max: { readSeq: seq } },
      )
      .exec();
    return modifiedCount === 1;
  }

  /** False where it was not hidden. */
  async unhide(_id: MemberDocument['_id']): Promise<boolean> {
    const { modifiedCount } = await this.members
      .updateOne({ _id, hiddenSeq: { $exists: true } }, { $unset: { hiddenSeq: 1 } })
      .exec();
    return modifiedCount === 1;
  }

  /** Gives a member another role, as change `rev` says. Harmless to repeat; an older change changes nothing. */
  async setRole(chatId: string, userId: string, role: Role, rev: number): Promise<void> {
    await this.members
      .updateOne({ chatId: objectId(chatId), userId: objectId(userId), rev: { $lt: rev } }, { $set: { role, rev } })
      .exec();
  }

  /** Says that change `rev` was an edit of theirs in slow mode. Harmless to repeat; an older one changes nothing. */
  async noteEdit(
    chatId: Types.ObjectId,
    userId: Types.ObjectId,
    { rev, at }: { readonly rev: number; readonly at: Date },
  ): Promise<void> {
    const isNewer = [{ editRev: { $exists: false } }, { editRev: { $lt: rev } }];
    await this.members.updateOne({ chatId, userId, $or: isNewer }, { $set: { editedAt: at, editRev: rev } }).exec();
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

  /** Keeps somebody out, as change `rev` says, and ends their membership. Harmless to repeat; an older change changes nothing. */
  async ban(chatId: string, userId: string, ban: BanRecord, rev: number): Promise<void> {
    const unknown = { role: 'member', joinedAt: ban.at, readSeq: 0, deliveredSeq: 0, isStranger: true } as const;
    try {
      await this.members
        .updateOne(
          { chatId: objectId(chatId), userId: objectId(userId), rev: { $lt: rev } },
          { $set: { ban, active: false, rev }, $setOnInsert: unknown },
          { upsert: true },
        )
        .exec();
    } catch (error) {
      // A later change was applied before: there is such a document, and it is not older.
      if (!duplicateKeyOf(error)) throw error;
    }
  }

  /** Ends a ban, as change `rev` says. */
  async unban(chatId: string, userId: string, rev: number): Promise<void> {
    await this.members
      .updateOne(
        { chatId: objectId(chatId), userId: objectId(userId), rev: { $lt: rev } },
        { $unset: { ban: 1 }, $set: { rev } },
      )
      .exec();
  }

  /** A page of those who are kept out at a moment, after a membership's id. */
  banned(chatId: string, now: Date, afterId: string | undefined, limit: number): Promise<MemberDocument[]> {
    return this.members
      .find({
        chatId: objectId(chatId),
        ban: { $exists: true },
        $or: [{ 'ban.expiresAt': { $exists: false } }, { 'ban.expiresAt': { $gt: now } }],
        ...(afterId && { _id: { $gt: objectId(afterId) } }),
      })
      .sort({ _id: 1 })
      .limit(limit)
      .lean()
      .exec();
  }

  /** Memberships by which these people own chats. */
  owning(userIds: readonly string[]): Promise<MemberDocument[]> {
    return this.members
      .find({ userId: { $in: objectIds(userIds) }, active: true, role: 'owner' })
      .lean()
      .exec();
  }

  /** Members with a role, longest there first. */
  longestWith(role: Role, chatId: string, limit: number): Promise<MemberDocument[]> {
    return this.members
      .find({ chatId: objectId(chatId), active: true, role })
      .sort({ joinedAt: 1, _id: 1 })
      .limit(limit)
      .lean()
      .exec();
  }

  /** Ends every membership of a chat that is no more, some at a time. Harmless to repeat. */
  async endAll(chatId: string): Promise<void> {
    for (;;) {
      const members = await this.members
        .find({ chatId: objectId(chatId), active: true }, { _id: 1 })
        .limit(endedAtOnce)
        .lean()
        .exec();
      const ids = members.map(({ _id }) => _id);
      if (ids.length > 0) await this.members.updateMany({ _id: { $in: ids } }, { $set: { active: false } }).exec();
      if (ids.length < endedAtOnce) return;
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
