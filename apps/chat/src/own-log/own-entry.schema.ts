import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, Types } from 'mongoose';

/**
 * One thing that somebody keeps for themselves, as it is from this place of their log on. The newest entry of a key is the state;
 * older ones say nothing any more and are removed. The newest of all stays, so that `rev` goes on from there.
 */
@Schema({ collection: 'ownEntries', versionKey: false })
export class OwnEntryDocument {
  _id: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  userId: Types.ObjectId;

  @Prop({ type: Number, required: true })
  rev: number;

  @Prop({ type: String, required: true })
  kind: string;

  /** What it says all about. */
  @Prop({ type: String, required: true })
  key: string;

  @Prop({ type: Date, required: true })
  at: Date;

  /** The chat that it is about: it is over with the membership. */
  @Prop({ type: Types.ObjectId })
  chatId?: Types.ObjectId;

  /** When that membership began: who was added again begins anew. */
  @Prop({ type: Date })
  joinedAt?: Date;

  /** What this kind of entry says beside that. */
  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  body: object;
}

export const OwnEntrySchema = SchemaFactory.createForClass(OwnEntryDocument);
/** The sequencer of one person's entries. */
OwnEntrySchema.index({ userId: 1, rev: 1 }, { unique: true });
/** The newest of a key, and those that it replaces. */
OwnEntrySchema.index({ userId: 1, key: 1, rev: -1 });
