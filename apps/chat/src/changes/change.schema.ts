import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import type { ChangeKind } from '@roost/contract';
import { Schema as MongooseSchema, Types } from 'mongoose';

/**
 * One change to what is already in a chat. The entry is the decision; applying it to other documents follows and is
 * harmless to repeat. Never removed: `rev` has no holes.
 */
@Schema({ collection: 'changes', versionKey: false })
export class ChangeDocument {
  _id: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  chatId: Types.ObjectId;

  @Prop({ type: Number, required: true })
  rev: number;

  @Prop({ type: String, required: true })
  kind: ChangeKind;

  @Prop({ type: Date, required: true })
  at: Date;

  @Prop({ type: Types.ObjectId, required: true })
  by: Types.ObjectId;

  /** What this kind of change says beside its head. */
  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  body: Record<string, unknown>;

  /** Until it has been applied. */
  @Prop({ type: Boolean })
  pending?: true;
}

export const ChangeSchema = SchemaFactory.createForClass(ChangeDocument);
/** The sequencer of changes. */
ChangeSchema.index({ chatId: 1, rev: 1 }, { unique: true });
ChangeSchema.index({ at: 1 }, { partialFilterExpression: { pending: true } });
