import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Types } from 'mongoose';

/** One signed-in device. Kept until its refresh token would have ended, revoked or not. */
@Schema({ collection: 'sessions', versionKey: false })
export class SessionDocument {
  _id: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  userId: Types.ObjectId;

  /** SHA-256: the token has 256 random bits, there is nothing to guess that a slow hash would protect. */
  @Prop({ type: String, required: true })
  refreshTokenHash: string;

  @Prop({ type: Date, required: true })
  createdAt: Date;

  @Prop({ type: Date, required: true })
  expiresAt: Date;

  @Prop({ type: Date })
  revokedAt?: Date;
}

export const SessionSchema = SchemaFactory.createForClass(SessionDocument);
SessionSchema.index({ userId: 1, createdAt: -1 });
SessionSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
