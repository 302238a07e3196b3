import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';

/** A sign of life of one replica. All times are the store's. Forgotten by the store a minute after the last one. */
@Schema({ collection: 'heartbeats', versionKey: false })
export class HeartbeatDocument {
  /** The replica's name. */
  @Prop({ type: String, required: true })
  _id: string;

  @Prop({ type: Date, required: true })
  at: Date;

  /** Something that it broadcast after this moment came back through Redis. */
  @Prop({ type: Date })
  provenAt?: Date;

  /** Since when it has not known whether what it broadcasts goes anywhere; absent while it does. */
  @Prop({ type: Date })
  doubtedAt?: Date;

  /** The other replicas whose canaries it has heard since `hearsAfter`; absent in those of older versions. */
  @Prop({ type: [String], default: undefined })
  hears?: string[];

  @Prop({ type: Date })
  hearsAfter?: Date;

  /** The other replicas that are alive and whose canaries it does not hear. */
  @Prop({ type: [String], default: undefined })
  misses?: string[];

  /** The Redis that it is connected to is a replica of another. */
  @Prop({ type: Boolean })
  isOnReplica?: boolean;
}

export const HeartbeatSchema = SchemaFactory.createForClass(HeartbeatDocument);
HeartbeatSchema.index({ at: 1 }, { expireAfterSeconds: 60 });
