import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Types } from 'mongoose';

/** An account. `email` is kept in lower case and matched so; `nameWords` serve the people search. */
@Schema({ collection: 'users', versionKey: false })
export class UserDocument {
  _id: Types.ObjectId;

  @Prop({ type: String, required: true })
  email: string;

  @Prop({ type: String, required: true })
  displayName: string;

  @Prop({ type: [String], required: true })
  nameWords: string[];

  @Prop({ type: String })
  avatarUrl?: string;

  /** How often name or picture were changed. */
  @Prop({ type: Number })
  profileRev?: number;

  @Prop({ type: String, required: true })
  passwordHash: string;

  @Prop({ type: Date, required: true })
  createdAt: Date;

  /** When their last device went; left out for who never left. */
  @Prop({ type: Date })
  lastSeenAt?: Date;

  @Prop({ type: Date })
  disabledAt?: Date;
}

export const UserSchema = SchemaFactory.createForClass(UserDocument);
UserSchema.index({ email: 1 }, { unique: true });
UserSchema.index({ nameWords: 1, _id: 1 });
/** Who was disabled lately, for replicas that were not told. */
UserSchema.index({ disabledAt: 1 }, { partialFilterExpression: { disabledAt: { $exists: true } } });
