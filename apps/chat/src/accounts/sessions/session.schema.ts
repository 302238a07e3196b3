import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Types } from 'mongoose';

/** One signed-in device. Kept until its refresh token would have ended, revoked or not. */
@Schema({ collection: 'sessions', versionKey: false })
export class SessionDocument {
  _id: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  userId: Types.ObjectId;

  /** What this session's refresh tokens are made from, together with a key that is not in the store. */
  @Prop({ type: String, required: true })
  refreshSeed: string;

  /** Number of the refresh token that is good now; each is used once. */
  @Prop({ type: Number, required: true })
  generation: number;

  /** When that token, and the access token beside it, were issued. */
  @Prop({ type: Date, required: true })
  rotatedAt: Date;

  /** The last pair that was used: from then on, the refresh token before it can only be a copy. Absent: none after the first. */
  @Prop({ type: Number })
  seenGeneration?: number;

  @Prop({ type: Date, required: true })
  createdAt: Date;

  @Prop({ type: Date, required: true })
  expiresAt: Date;

  /** A mark of the address from which it was opened: see `KnownAddresses`. Older sessions have none. */
  @Prop({ type: String })
  openedFrom?: string;

  @Prop({ type: Date })
  revokedAt?: Date;
}

export const SessionSchema = SchemaFactory.createForClass(SessionDocument);
SessionSchema.index({ userId: 1, createdAt: -1 });
SessionSchema.index({ openedFrom: 1 });
SessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
/** What ended lately, for replicas that were not told. */
SessionSchema.index({ revokedAt: 1 }, { partialFilterExpression: { revokedAt: { $exists: true } } });
