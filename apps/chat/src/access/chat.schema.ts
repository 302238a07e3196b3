import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { chatTypes } from '@roost/contract';
import type { ChatSettings, ChatType } from '@roost/contract';
import { Schema as MongooseSchema, Types } from 'mongoose';

/** One chat. It exists from the moment this document does; its first members are there before. */
@Schema({ collection: 'chats', versionKey: false })
export class ChatDocument {
  _id: Types.ObjectId;

  @Prop({ type: String, enum: chatTypes, required: true })
  type: ChatType;

  @Prop({ type: String })
  title?: string;

  /** The change that gave it this title. */
  @Prop({ type: Number })
  titleRev?: number;

  /** Left out until one is changed. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  settings?: Partial<ChatSettings>;

  /** The change that made them so. */
  @Prop({ type: Number })
  settingsRev?: number;

  @Prop({ type: Types.ObjectId, required: true })
  createdBy: Types.ObjectId;

  /** Left out in direct chats, which nobody owns, and in chats of older versions that were not handed over since. */
  @Prop({ type: Types.ObjectId })
  ownerId?: Types.ObjectId;

  /** The last change of a role that was applied, to all it concerns. */
  @Prop({ type: Number })
  rolesRev?: number;

  @Prop({ type: Date, required: true })
  createdAt: Date;

  /** Where the chat stands in lists; follows the messages within a second. */
  @Prop({ type: Date, required: true })
  lastActivityAt: Date;

  /** Counted anew after each change of membership; see `MemberCounts`. */
  @Prop({ type: Number, required: true })
  memberCount: number;

  /** How many times it was counted anew. */
  @Prop({ type: Number })
  memberCountVersion?: number;

  /** The two people of a direct chat, sorted: it exists once. */
  @Prop({ type: String })
  directKey?: string;

  /** What the client that created it calls that; see `mutationOf`. */
  @Prop({ type: String })
  mutation?: string;

  /** Hash of what was asked for then. */
  @Prop({ type: String })
  draftHash?: string;

  @Prop({ type: Boolean })
  isDeleted?: true;
}

export const ChatSchema = SchemaFactory.createForClass(ChatDocument);
ChatSchema.index({ directKey: 1 }, { unique: true, partialFilterExpression: { directKey: { $exists: true } } });
/** A chat is created once under its name. */
ChatSchema.index({ mutation: 1 }, { unique: true, partialFilterExpression: { mutation: { $exists: true } } });
