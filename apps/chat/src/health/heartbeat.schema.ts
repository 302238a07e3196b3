import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** A sign of life of one replica. Forgotten by the store a minute after the last one. */
@Schema({ collection: 'heartbeats', versionKey: false })
export class HeartbeatDocument {
  /** The replica's name. */
  @Prop({ type: String, required: true })
  _id: string;

  @Prop({ type: Date, required: true })
  at: Date;

  /** Whether what it broadcasts came back through Redis at that time. */
  @Prop({ type: Boolean, required: true })
  delivers: boolean;
}

export const HeartbeatSchema = SchemaFactory.createForClass(HeartbeatDocument);
HeartbeatSchema.index({ at: 1 }, { expireAfterSeconds: 60 });
