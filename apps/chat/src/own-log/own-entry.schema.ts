import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, Types } from 'mongoose';

/**
 * One thing that somebody keeps for themselves, as it is from this place of their log on. The newest entry of a key is the state. Of
 * older ones nothing stays but their place, which nobody may take again: a replica that has not heard of it would.
 */
@Schema({ collection: 'ownEntries', versionKey: false })
export class OwnEntryDocument {
  _id: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  userId: Types.ObjectId;

  @Prop({ type: Number, required: true })
  rev: number;

  @Prop({ type: String })
  kind: string;

  /** What it says all about. */
  @Prop({ type: String })
  key: string;

  @Prop({ type: Date })
  at: Date;

  /** The chat that it is about: it is over with the membership. */
  @Prop({ type: Types.ObjectId })
  chatId?: Types.ObjectId;

  /** When that membership began: who was added again begins anew. */
  @Prop({ type: Date })
  joinedAt?: Date;

  /** What this entry comes right after, of which there is one. It stays when the entry is replaced. */
  @Prop({ type: String })
  follows?: string;

  /** What this kind of entry says beside that. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  body: object;
}

export const OwnEntrySchema = SchemaFactory.createForClass(OwnEntryDocument);
/** The sequencer of one person's entries. */
OwnEntrySchema.index({ userId: 1, rev: 1 }, { unique: true });
/** The newest of a key, and those that it replaces. */
OwnEntrySchema.index({ userId: 1, key: 1, rev: 1 }, { partialFilterExpression: { key: { $exists: true } } });
/** Nothing is followed twice. */
OwnEntrySchema.index(
  { userId: 1, follows: 1 },
  { unique: true, partialFilterExpression: { follows: { $exists: true } } },
);
