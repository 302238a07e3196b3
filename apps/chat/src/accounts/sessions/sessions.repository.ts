import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, QueryFilter } from 'mongoose';
import { objectId, objectIds } from '../../store/ids.js';
import { SessionDocument } from './session.schema.js';

const notRevoked = { revokedAt: { $exists: false } } as const;

/** More devices than a person has; the list of them is not paged. */
const sessionsShownMax = 100;

@Injectable()
export class SessionsRepository {
  constructor(@InjectModel(SessionDocument.name) private readonly sessions: Model<SessionDocument>) {}

  async insert(session: SessionDocument): Promise<void> {
    await this.sessions.create(session);
  }

  byId(id: string): Promise<SessionDocument | null> {
    return this.sessions.findById(objectId(id)).lean().exec();
  }

  /** Whose session it is, and whether it was revoked; undefined where there is none. */
  async standing(id: string): Promise<{ userId: string; isRevoked: boolean } | undefined> {
    const session = await this.sessions.findById(objectId(id), { userId: 1, revokedAt: 1 }).lean().exec();
    return session ? { userId: session.userId.toHexString(), isRevoked: session.revokedAt !== undefined } : undefined;
  }

  /** Newest first. */
  liveOf(userId: string): Promise<SessionDocument[]> {
    return this.sessions
      .find({ userId: objectId(userId), expiresAt: { $gt: new Date() }, ...notRevoked })
      .sort({ createdAt: -1 })
      .limit(sessionsShownMax)
      .lean()
      .exec();
  }

  /** Moves a session on to its next refresh token; null where that, or its end, has happened already. */
  rotate(
    { _id, generation }: SessionDocument,
    times: Pick<SessionDocument, 'rotatedAt' | 'expiresAt'>,
  ): Promise<SessionDocument | null> {
    return this.sessions
      .findOneAndUpdate(
        { _id, generation, ...notRevoked },
        { $set: { ...times, generation: generation + 1 } },
        { returnDocument: 'after' },
      )
      .lean()
      .exec();
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
