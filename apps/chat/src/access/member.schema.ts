import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { roles } from '@roost/contract';
import type { Role } from '@roost/contract';
import { Schema as MongooseSchema, Types } from 'mongoose';

/** Somebody is kept out of the chat; what is over by `expiresAt` is none any more. */
export interface BanRecord {
  readonly by: Types.ObjectId;
  readonly at: Date;
  readonly reason?: string;
  readonly expiresAt?: Date;
}

/** A person in a chat, or one who was, or is kept out: leaving clears `active`, so that an old change cannot bring anybody back. */
@Schema({ collection: 'members', versionKey: false })
export class MemberDocument {
  _id: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  chatId: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  userId: Types.ObjectId;

  @Prop({ type: String, enum: roles, required: true })
  role: Role;

  @Prop({ type: Boolean, required: true })
  active: boolean;

  @Prop({ type: Date, required: true })
  joinedAt: Date;

  @Prop({ type: Number, required: true })
  readSeq: number;

  @Prop({ type: Number, required: true })
  deliveredSeq: number;

  /** Out of this person's list until there is a message after this one; direct chats only. */
  @Prop({ type: Number })
  hiddenSeq?: number;

  @Prop({ type: MongooseSchema.Types.Mixed })
  ban?: BanRecord;

  /** Never was a member: known here for a ban alone. */
  @Prop({ type: Boolean })
  isStranger?: true;

  /** Their last edit of a message that was made in slow mode: when, and which change it was. */
  @Prop({ type: Date })
  editedAt?: Date;

  @Prop({ type: Number })
  editRev?: number;

  /** The last change of the chat that touched this membership; an older one no longer applies. */
  @Prop({ type: Number, required: true })
  rev: number;
}

export const MemberSchema = SchemaFactory.createForClass(MemberDocument);
MemberSchema.index({ chatId: 1, userId: 1 }, { unique: true });
MemberSchema.index({ userId: 1, active: 1, chatId: 1 });
MemberSchema.index({ chatId: 1, active: 1, _id: 1 });
/** Who is kept out. */
MemberSchema.index({ chatId: 1, _id: 1 }, { partialFilterExpression: { ban: { $exists: true } } });

/** The ban that holds at a moment. */
export const banAt = ({ ban }: Pick<MemberDocument, 'ban'>, now: Date): BanRecord | undefined =>
  ban && (ban.expiresAt === undefined || ban.expiresAt > now) ? ban : undefined;
