import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
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
  kind: string;

  @Prop({ type: Date, required: true })
  at: Date;

  @Prop({ type: Types.ObjectId, required: true })
  by: Types.ObjectId;

  /** What this kind of change says beside its head. */
  @Prop({ type: MongooseSchema.Types.Mixed, required: true })
  body: object;

  /** The state, or the states, that this change ends, where others may want to end them too; see `stateOf`. */
  @Prop({ type: MongooseSchema.Types.Mixed })
  ends?: string | readonly string[];

  /** What the client that made it calls it; see `mutationOf`. */
  @Prop({ type: String })
  mutation?: string;

  /** What brought it about, where it matters how often and for whom that did: an invite. */
  @Prop({ type: String })
  cause?: string;

  /** What it says all about: of several changes with one key, the last says what the others said. */
  @Prop({ type: String })
  key?: string;

  /** A later change with its key has been applied: nobody has to be told this one any more. */
  @Prop({ type: Boolean })
  superseded?: true;

  /** Until it has been applied. */
  @Prop({ type: Boolean })
  pending?: true;
}

export const ChangeSchema = SchemaFactory.createForClass(ChangeDocument);
export const revIndex = { chatId: 1, rev: 1 } as const;
/** The sequencer of changes. */
ChangeSchema.index(revIndex, { unique: true });
/** A state ends once: of those who change the same thing at once, one does, and the others look again. */
ChangeSchema.index({ chatId: 1, ends: 1 }, { unique: true, partialFilterExpression: { ends: { $exists: true } } });
/** A change is made once under its name. */
ChangeSchema.index(
  { chatId: 1, mutation: 1 },
  { unique: true, partialFilterExpression: { mutation: { $exists: true } } },
);
/** What something brought about, and for whom. */
ChangeSchema.index({ chatId: 1, cause: 1, by: 1 }, { partialFilterExpression: { cause: { $exists: true } } });
/** Those that a later one replaces. */
ChangeSchema.index({ chatId: 1, key: 1, rev: 1 }, { partialFilterExpression: { key: { $exists: true } } });
ChangeSchema.index({ at: 1 }, { partialFilterExpression: { pending: true } });
ChangeSchema.index({ pending: 1, chatId: 1 }, { partialFilterExpression: { pending: true } });
