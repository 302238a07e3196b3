import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { limits } from '@roost/contract';
import type { Model, QueryFilter } from 'mongoose';
import { BatchedReads } from '../../kernel/batched-reads.js';
import { objectId, objectIds } from '../../store/ids.js';
import { inOneAnswer } from '../../store/one-answer.js';
import { UserSchema } from '../users/user.schema.js';
import { SessionDocument } from './session.schema.js';

const notRevoked = { revokedAt: { $exists: false } } as const;

/** Sessions in one read. */
const standingsInARead = 200;

/** Whose session it is, whether it was revoked, and whether the person was disabled: undefined where they are gone. */
export interface Standing {
  readonly userId: string;
  readonly isRevoked: boolean;
  readonly isDisabled: boolean | undefined;
  /** The pair of tokens that is good now, as far as is known of it. */
  readonly pair: Pick<SessionDocument, 'generation' | 'rotatedAt' | 'seenGeneration'>;
}

type StandingDocument = Pick<SessionDocument, '_id' | 'userId' | 'revokedAt'> &
  Standing['pair'] & { readonly user: readonly { readonly disabledAt?: Date }[] };

@Injectable()
export class SessionsRepository {
  private readonly standings = new BatchedReads<string, Standing>({
    idOf: (id) => id,
    read: (ids) => this.readStandings(ids),
    keysMax: standingsInARead,
  });

  constructor(@InjectModel(SessionDocument.name) private readonly sessions: Model<SessionDocument>) {}

  async insert(session: SessionDocument): Promise<void> {
    await this.sessions.create(session);
  }

  byId(id: string): Promise<SessionDocument | null> {
    return this.sessions.findById(objectId(id)).lean().exec();
  }

  /** Whether there is a session, ended or not, that was opened from where one of these marks says. */
  async hasMark(marks: readonly string[]): Promise<boolean> {
    return (
      (await this.sessions
        .exists({ openedFrom: { $in: marks } })
        .lean()
        .exec()) !== null
    );
  }

  /** Undefined where there is no such session. In a storm of connections the sessions of many are read together. */
  async standing(id: string): Promise<Standing | undefined> {
    return (await this.standings.of([id])).get(id);
  }

  private async readStandings(ids: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    const sessions = await this.sessions
      .aggregate<StandingDocument>([
        { $match: { _id: { $in: objectIds(ids) } } },
        { $project: { userId: 1, revokedAt: 1, generation: 1, rotatedAt: 1, seenGeneration: 1 } },
        {
          $lookup: {
            from: UserSchema.get('collection') as string,
            localField: 'userId',
            foreignField: '_id',
            as: 'user',
            pipeline: [{ $project: { disabledAt: 1 } }],
          },
        },
      ])
      .option({ batchSize: inOneAnswer })
      .exec();
    return new Map(
      sessions.map(({ _id, userId, revokedAt, user: [user], ...pair }) => {
        const isDisabled = user && user.disabledAt !== undefined;
        return [
          _id.toHexString(),
          { userId: userId.toHexString(), isRevoked: revokedAt !== undefined, isDisabled, pair },
        ];
      }),
    );
  }

  /** Newest first. */
  liveOf(userId: string): Promise<SessionDocument[]> {
    return this.sessions
      .find({ userId: objectId(userId), expiresAt: { $gt: new Date() }, ...notRevoked })
      .sort({ createdAt: -1 })
      .limit(limits.sessionsShown)
      .lean()
      .exec();
  }

  /** Moves a session on to its next refresh token; null where that, or its end, has happened already. */
  rotate(
    { _id, generation }: SessionDocument,
    changes: Pick<SessionDocument, 'rotatedAt' | 'expiresAt' | 'openedFrom'>,
  ): Promise<SessionDocument | null> {
    return this.sessions
      .findOneAndUpdate(
        { _id, generation, ...notRevoked },
        { $set: { ...changes, generation: generation + 1 } },
        { returnDocument: 'after' },
      )
      .lean()
      .exec();
  }

  /** That this pair was used, where it is still the one that is good. */
  async markSeen(sessionId: string, generation: number): Promise<void> {
    const unseen = { _id: objectId(sessionId), generation, seenGeneration: { $ne: generation } };
    await this.sessions.updateOne(unseen, { $set: { seenGeneration: generation } }).exec();
  }

  /** False where it is not a live session of this person. */
  async revoke(userId: string, sessionId: string): Promise<boolean> {
    return (await this.revokeWhere({ _id: objectId(sessionId), userId: objectId(userId) })).length > 0;
  }

  /** All of a person's sessions but one. Gives the ids of those that ended. */
  revokeOthers(userId: string, keptId: string): Promise<string[]> {
    return this.revokeWhere({ userId: objectId(userId), _id: { $ne: objectId(keptId) } });
  }

  /** Sessions that were revoked at or after a moment, by their person. */
  async revokedSince(moment: Date): Promise<Map<string, string[]>> {
    const revoked = await this.sessions
      .find({ revokedAt: { $gte: moment } }, { userId: 1 })
      .lean()
      .exec();
    const byUser = new Map<string, string[]>();
    for (const { _id, userId } of revoked) {
      const sessionIds = byUser.get(userId.toHexString());
      if (sessionIds) sessionIds.push(_id.toHexString());
      else byUser.set(userId.toHexString(), [_id.toHexString()]);
    }
    return byUser;
  }

  private async revokeWhere(filter: QueryFilter<SessionDocument>): Promise<string[]> {
    const live = await this.sessions
      .find({ ...filter, ...notRevoked }, { _id: 1 })
      .lean()
      .exec();
    const ids = live.map(({ _id }) => _id.toHexString());
    if (ids.length > 0) {
      await this.sessions
        .updateMany({ _id: { $in: objectIds(ids) }, ...notRevoked }, { $set: { revokedAt: new Date() } })
        .exec();
    }
    return ids;
  }
}
