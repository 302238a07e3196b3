import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { messageTypes } from '@roost/contract';
import type { MessageType, Reaction } from '@roost/contract';
import { Schema as MongooseSchema, Types } from 'mongoose';

/** One message. Never removed: a deleted one stays as a tombstone, so that `seq` has no holes. */
@Schema({ collection: 'messages', versionKey: false })
export class MessageDocument {
  _id: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  chatId: Types.ObjectId;

  @Prop({ type: Number, required: true })
  seq: number;

  @Prop({ type: Types.ObjectId, required: true })
  senderId: Types.ObjectId;

  @Prop({ type: String, enum: messageTypes, required: true })
  type: MessageType;

  /** A tombstone has none. */
  @Prop({ type: String })
  text?: string;

  @Prop({ type: Types.ObjectId })
  parentId?: Types.ObjectId;

  @Prop({ type: [Types.ObjectId], default: undefined })
  mentions?: Types.ObjectId[];

  @Prop({ type: String })
  clientMessageId?: string;

  /** In slow mode the place of its sender's message before it, 0 for none. */
  @Prop({ type: Number })
  afterOwnSeq?: number;

  @Prop({ type: Date, required: true })
  createdAt: Date;

  /** The last change that edited the text; an older one no longer applies. */
  @Prop({ type: Number })
  textRev?: number;

  /** SHA-256 of the text it was sent with, once that is no longer its text: what a retry of the sending is held against. */
  @Prop({ type: String })
  sentTextHash?: string;

  @Prop({ type: Date })
  editedAt?: Date;

  @Prop({ type: Date })
  deletedAt?: Date;

  /** All reactions as the last change counted them that told them: its rev, and when that was. A tombstone has none. */
  @Prop({ type: [MongooseSchema.Types.Mixed], default: undefined })
  reactions?: Reaction[];

  @Prop({ type: Number })
  reactionsRev?: number;

  @Prop({ type: Date })
  reactedAt?: Date;

  /** Set on what is never unread: tombstones and system messages. */
  @Prop({ type: Boolean })
  uncounted?: true;
}

export const MessageSchema = SchemaFactory.createForClass(MessageDocument);
export const placeIndex = { chatId: 1, seq: 1 } as const;
export const uncountedIndex = { chatId: 1, seq: 1, uncounted: 1 } as const;
/** The sequencer: no place of a chat is taken twice. */
MessageSchema.index(placeIndex, { unique: true });
/** Retries are harmless for ever. */
MessageSchema.index(
  { chatId: 1, senderId: 1, clientMessageId: 1 },
  { unique: true, partialFilterExpression: { clientMessageId: { $exists: true } } },
);
/** In slow mode one message of a person follows the one before it. */
MessageSchema.index(
  { chatId: 1, senderId: 1, afterOwnSeq: 1 },
  { unique: true, partialFilterExpression: { afterOwnSeq: { $exists: true } } },
);
/** A person's last own message: what is before it counts as read. */
MessageSchema.index({ chatId: 1, senderId: 1, seq: 1 });
/** The few that are not counted, so that counting unread ones is a subtraction. */
MessageSchema.index(uncountedIndex, { partialFilterExpression: { uncounted: true } });
