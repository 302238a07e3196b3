import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Types } from 'mongoose';

/** That a person has reacted to a message with an emoji. */
@Schema({ collection: 'reactions', versionKey: false })
export class ReactionDocument {
  _id: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  messageId: Types.ObjectId;

  @Prop({ type: Types.ObjectId, required: true })
  userId: Types.ObjectId;

  @Prop({ type: String, required: true })
  emoji: string;

  /** False where it was taken back; such a one goes when the chat has been told. */
  @Prop({ type: Boolean, required: true })
  on: boolean;

  /** How often its person has changed it. */
  @Prop({ type: Number, required: true })
  turn: number;

  /** When its person said so last. */
  @Prop({ type: Date, required: true })
  at: Date;

  /** Until a change has told the chat. */
  @Prop({ type: Boolean })
  pending?: true;
}

export const ReactionSchema = SchemaFactory.createForClass(ReactionDocument);
ReactionSchema.index({ messageId: 1, emoji: 1, userId: 1 }, { unique: true });
/** The first of each emoji. */
ReactionSchema.index({ messageId: 1, on: 1, emoji: 1, at: 1 });
/** Those whom nobody has told of, and whose replica may have died. */
ReactionSchema.index({ at: 1 }, { partialFilterExpression: { pending: true } });
