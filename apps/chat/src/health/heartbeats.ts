import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Settings } from '@roost/settings';
import type { Model } from 'mongoose';
import { DeliveryProbe } from '../cluster/delivery-probe.js';
import { guardedListener } from '../kernel/boundary.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { HeartbeatDocument } from './heartbeat.schema.js';
import { StoreWatch } from './store-watch.js';

const intervalMs = 2_000;
/** While the store takes no writes: clients wait to hear that it does. */
const probeEveryMs = 300;
/** Older signs of life say nothing of now. */
const freshMs = 6_000;

/**
 * Writes a sign of life to MongoDB every two seconds, with the majority's acknowledgement as for messages: the proof that
 * this replica can write. The signs of the others tell it whether they deliver where it does not.
 */
@Injectable()
export class Heartbeats implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private writtenAtMs = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(
    @InjectModel(HeartbeatDocument.name) private readonly heartbeats: Model<HeartbeatDocument>,
    private readonly delivery: DeliveryProbe,
    private readonly store: StoreWatch,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onApplicationBootstrap(): void {
    this.beatAfter(intervalMs);
  }

  beforeApplicationShutdown(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  /** Whether a write was acknowledged lately. */
  get canWrite(): boolean {
    return performance.now() - this.writtenAtMs < freshMs;
  }

  /** Whether another replica's broadcasts came back lately. */
  async othersDeliver(): Promise<boolean> {
    const at = { $gt: new Date(Date.now() - freshMs) };
    return (await this.heartbeats.exists({ _id: { $ne: this.settings.replicaName }, at, delivers: true })) !== null;
  }

  private beatAfter(delayMs: number): void {
    if (!this.isOver)
      this.timer = setTimeout(
        guardedListener('heartbeats', () => this.beat()),
        delayMs,
      );
  }

  /** One at a time: the driver gives each an end. */
  private async beat(): Promise<void> {
    const delivers = this.delivery.current.state === 'ok';
    try {
      await this.heartbeats
        .updateOne({ _id: this.settings.replicaName }, { $set: { at: new Date(), delivers } }, { upsert: true })
        .exec();
      this.writtenAtMs = performance.now();
      this.store.succeeded();
    } catch (err) {
      this.store.failed(err);
    } finally {
      this.beatAfter(this.store.isAway ? probeEveryMs : intervalMs);
    }
  }
}
