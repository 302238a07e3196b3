import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { roles } from '@roost/contract';
import type { Role } from '@roost/contract';
import { Types } from 'mongoose';

/** A person in a chat, or one who was: leaving clears `active`, so that an old change cannot bring anybody back. */
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

  /** The last change of the chat that touched this membership; an older one no longer applies. */
  @Prop({ type: Number, required: true })
  rev: number;
}

export const MemberSchema = SchemaFactory.createForClass(MemberDocument);
MemberSchema.index({ chatId: 1, userId: 1 }, { unique: true });
MemberSchema.index({ userId: 1, active: 1, chatId: 1 });
MemberSchema.index({ chatId: 1, active: 1, _id: 1 });
