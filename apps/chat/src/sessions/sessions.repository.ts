import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { objectId } from '../store/ids.js';
import { SessionDocument } from './session.schema.js';

@Injectable()
export class SessionsRepository {
  constructor(@InjectModel(SessionDocument.name) private readonly sessions: Model<SessionDocument>) {}

  async insert(session: SessionDocument): Promise<void> {
    await this.sessions.create(session);
  }

  /** Whether the session is there and was not revoked. */
  async isLive(id: string): Promise<boolean> {
    const session = await this.sessions.findById(objectId(id), { revokedAt: 1 }).lean().exec();
    return session !== null && session.revokedAt === undefined;
  }
}
