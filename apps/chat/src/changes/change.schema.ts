import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import type { ChangeKind, RemovalReason, Role } from '@roost/contract';
import { Schema as MongooseSchema, Types } from 'mongoose';

/** What is kept of each kind of change: enough to apply it and to tell it. */
export interface ChangeBodies {
  /** `before` is the text that was replaced: the edit history. */
  readonly 'message:edited': { readonly messageId: string; readonly text: string; readonly before: string };
  readonly 'message:deleted': { readonly messageId: string; readonly seq: number };
  readonly 'member:added': { readonly userId: string; readonly role: Role; readonly readSeq: number };
  readonly 'member:removed': { readonly userId: string; readonly reason: RemovalReason };
  readonly 'chat:updated': { readonly title: string };
  readonly 'chat:deleted': Record<string, never>;
}

/** A change with the body of its kind: the union over all kinds. */
export type ChangeOf<K extends ChangeKind = ChangeKind> = {
  [Kind in K]: Omit<ChangeDocument, 'kind' | 'body'> & { readonly kind: Kind; readonly body: ChangeBodies[Kind] };
}[K];

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
  body: ChangeBodies[ChangeKind];

  /** The state that this change ends, where others may want to end it too; see `stateOf`. */
  @Prop({ type: String })
  ends?: string;

  /** Until it has been applied. */
  @Prop({ type: Boolean })
  pending?: true;
}

export const ChangeSchema = SchemaFactory.createForClass(ChangeDocument);
/** The sequencer of changes. */
ChangeSchema.index({ chatId: 1, rev: 1 }, { unique: true });
/** A state ends once: of those who change the same thing at once, one does, and the others look again. */
ChangeSchema.index({ chatId: 1, ends: 1 }, { unique: true, partialFilterExpression: { ends: { $exists: true } } });
ChangeSchema.index({ at: 1 }, { partialFilterExpression: { pending: true } });
ChangeSchema.index({ pending: 1, chatId: 1 }, { partialFilterExpression: { pending: true } });
