import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { invitedRoles } from '@roost/contract';
import type { InvitedRole } from '@roost/contract';
import { Types } from 'mongoose';

/** A link by which people come into a chat. Who came by it is said by the chat's changes, so that a use and what it does are one write. */
@Schema({ collection: 'invites', versionKey: false })
export class InviteDocument {
  _id: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  chatId: Types.ObjectId;

  /** Who made it, and since when they were a member then: it ends with that membership. */
  @Prop({ type: Types.ObjectId, required: true })
  by: Types.ObjectId;

  @Prop({ type: Date, required: true })
  memberSince: Date;

  @Prop({ type: String, enum: invitedRoles, required: true })
  role: InvitedRole;

  /** Who reads the database cannot come in by it. */
  @Prop({ type: String, required: true })
  tokenHash: string;

  @Prop({ type: Date, required: true })
  createdAt: Date;

  @Prop({ type: Date })
  expiresAt?: Date;

  @Prop({ type: Number })
  maxUses?: number;

  @Prop({ type: Date })
  revokedAt?: Date;

  /** Which of a chat's invites it is, from 0; another one takes its place when it can be used no more. */
  @Prop({ type: Number })
  place?: number;

  /** What the client that made it calls that; see `mutationOf`. */
  @Prop({ type: String })
  mutation?: string;
}

export const InviteSchema = SchemaFactory.createForClass(InviteDocument);
InviteSchema.index({ tokenHash: 1 }, { unique: true });
/** A chat has so many, however many are made at once. */
InviteSchema.index({ chatId: 1, place: 1 }, { unique: true, partialFilterExpression: { place: { $exists: true } } });
/** One is made once under its name. */
InviteSchema.index(
  { chatId: 1, mutation: 1 },
  { unique: true, partialFilterExpression: { mutation: { $exists: true } } },
);
