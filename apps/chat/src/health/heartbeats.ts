import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Settings } from '@roost/settings';
import type { Model } from 'mongoose';
import { DeliveryProbe } from '../cluster/delivery-probe.js';
import { guardedListener } from '../kernel/boundary.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { HeartbeatDocument } from './heartbeat.schema.js';
import { Missed } from './missed.js';
import { freshMs, standingOf } from './standing.js';
import { StoreWatch } from './store-watch.js';

const intervalMs = 2_000;
/** While the store takes no writes: clients wait to hear that it does. */
const probeEveryMs = 300;
/** While nothing goes between this replica and another: each tells the other whether it hears it. */
const apartEveryMs = 500;
/** Nor do older proofs; each is told with the second beat after it. */
const provenMs = 10_000;
/** What was read of the others is an answer for this long: who asks for readiness may do so many times a second. */
const othersKnownMs = 500;

/** Replicas that are looked at, at most. */
const replicasMax = 1_000;

/** One that the store took. */
interface Beat {
  /** By the store's clock. */
  readonly at: Date;
  /** When it was acknowledged, by `performance.now()`. */
  readonly ackedAtMs: number;
}

/** A look at what the others proved. */
interface OthersLook {
  /** When it began, by `performance.now()`. */
  readonly atMs: number;
  readonly answer: Promise<boolean>;
}

/**
 * Writes a sign of life to MongoDB every two seconds, with the majority's acknowledgement as for messages: the proof that
 * this replica can write. The signs of the others tell it whether they deliver where it does not.
 *
 * When Redis goes, replicas notice at different moments. So that the first one does not take itself for the only one, it goes
 * by nothing that others said before: only by what they have broadcast and got back since it began to doubt, and lately, for Redis
 * may have gone for them as well since then. All times are the store's, for clocks differ.
 *
 * Who is alive and not heard is read from the signs as well: what comes back to its sender proves nothing of the others.
 */
@Injectable()
export class Heartbeats implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private writtenAtMs = performance.now();
  private last: Beat | undefined;
  /** Since when the doubt has lasted that the store knows of. */
  private writtenDoubt: Date | undefined;
  private others: OthersLook | undefined;
  private readonly missed = new Missed();
  /** Since when nothing has gone between this replica and some others. */
  private apartSince: Date | undefined;
  private isApartAlone = false;
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
    // At once: what others prove counts from when the store knows of the doubt.
    this.delivery.onPathLost(() => this.timer && this.beatAfter(0));
  }

  beforeApplicationShutdown(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  /** Whether a write was acknowledged lately. */
  get canWrite(): boolean {
    return performance.now() - this.writtenAtMs < freshMs;
  }

  /** Whether nothing goes between this replica and all others, and it is this one that is cut off. */
  get isAlone(): boolean {
    return this.isApartAlone;
  }

  /** Whether another replica has got back what it broadcast since this one began to doubt. */
  async othersDeliver(): Promise<boolean> {
    // What the store has may be an earlier doubt, which others have proved wrong long ago.
    if (!this.doubt || this.doubt !== this.writtenDoubt) return false;
    const nowMs = performance.now();
    if (this.others && nowMs - this.others.atMs < othersKnownMs) return this.others.answer;
    this.others = { atMs: nowMs, answer: this.readOthers() };
    return this.others.answer;
  }

  private async readOthers(): Promise<boolean> {
    const all = await this.signs();
    const own = all.find(({ _id }) => _id === this.settings.replicaName);
    const doubtedAt = own?.doubtedAt;
    if (!own || !doubtedAt) return false;
    const isWithin = (ms: number, at: Date) => at.getTime() > own.at.getTime() - ms;
    return all.some(
      ({ at, provenAt }) =>
        isWithin(freshMs, at) && provenAt !== undefined && provenAt > doubtedAt && isWithin(provenMs, provenAt),
    );
  }

  /** Of all replicas that are there, or were lately. */
  private signs() {
    return this.heartbeats.find().limit(replicasMax).lean().exec();
  }

  private beatAfter(delayMs: number): void {
    clearTimeout(this.timer);
    if (this.isOver) return;
    this.timer = setTimeout(
      guardedListener('heartbeats', () => this.beat()),
      delayMs,
    );
  }

  /** One at a time: the driver gives each an end. */
  private async beat(): Promise<void> {
    this.timer = undefined;
    const doubt = this.doubt;
    // Who reads that this replica is alive has had time to hear it.
    this.delivery.sendCanaries();
    try {
      const at = await this.write(doubt);
      this.writtenAtMs = performance.now();
      this.last = { at, ackedAtMs: this.writtenAtMs };
      if (doubt !== this.writtenDoubt) this.others = undefined;
      this.writtenDoubt = doubt;
      this.store.succeeded();
      await this.lookAtOthers(doubt !== undefined).catch(lookedAtSoon);
    } catch (err) {
      this.store.failed(err);
    } finally {
      this.beatAfter(this.nextInMs);
    }
  }

  private get nextInMs(): number {
    const isNews = this.doubt !== undefined && this.doubt !== this.writtenDoubt;
    if (this.store.isAway || isNews) return probeEveryMs;
    return this.apartSince ? apartEveryMs : intervalMs;
  }

  /** Since when this replica has doubted whether it delivers, if it does. */
  private get doubt(): Date | undefined {
    return this.delivery.pathLostSince;
  }

  /** While this replica hears nobody, itself included, it says nothing of the others. */
  private async lookAtOthers(isDeaf: boolean): Promise<void> {
    const signs = await this.signs();
    const self = signs.find(({ _id }) => _id === this.settings.replicaName);
    if (!self || this.isOver) return;
    const others = signs.filter((sign) => sign !== self);
    const nowMs = performance.now();
    this.missed.look(others, (name) => (isDeaf ? nowMs : this.delivery.heardAtMs(name)), nowMs);
    const { apart, isAlone } = standingOf(self, signs, this.missed.names, this.apartSince);
    this.apartSince = apart.length > 0 ? (this.apartSince ?? self.at) : undefined;
    this.isApartAlone = isAlone;
    this.delivery.setApart(apart);
  }

  /** Whom this replica has heard since a moment before now. */
  private heard(): { hears: string[]; hearsAfter: Date } | undefined {
    if (!this.last) return undefined;
    const nowMs = performance.now();
    const withinMs = 2 * Math.min(this.settings.canaryIntervalMs, intervalMs);
    const hears = this.missed.known.filter((name) => (this.delivery.heardAtMs(name) ?? -Infinity) > nowMs - withinMs);
    const { at, ackedAtMs } = this.last;
    return { hears, hearsAfter: new Date(at.getTime() + nowMs - ackedAtMs - withinMs) };
  }

  private async write(doubt: Date | undefined): Promise<Date> {
    const isProven = this.last && this.delivery.provenAtMs > this.last.ackedAtMs;
    const { at } = await this.heartbeats
      .findOneAndUpdate(
        { _id: this.settings.replicaName },
        {
          $currentDate: { at: true, ...(doubt && doubt !== this.writtenDoubt && { doubtedAt: true }) },
          $set: {
            ...(isProven && { provenAt: this.last?.at }),
            ...this.heard(),
            misses: [...this.missed.names],
            isOnReplica: this.delivery.role.kind === 'replica',
          },
          ...(!doubt && { $unset: { doubtedAt: 1 } }),
        },
        { upsert: true, returnDocument: 'after', projection: { at: 1 } },
      )
      .lean()
      .orFail()
      .exec();
    return at;
  }
}

/** It is written again in two seconds, and read again then. */
const lookedAtSoon = () => undefined;
