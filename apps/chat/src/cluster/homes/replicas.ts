import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { runInBackground } from '../../kernel/boundary.js';
import { Clock } from '../../kernel/clock.js';
import { DeliveryProbe } from '../delivery-probe.js';
import type { Answer, Envelope, LogName, Stretch } from './envelopes.js';
import { HandOver } from './hand-over.js';
import type { HandedLog, OtherReplicas } from './hand-over.js';
import type { Numbered } from './source-ports.js';
import { Homes } from './homes.js';
import { REPLICA_BUS } from './replica-bus.js';
import type { ReplicaBus } from './replica-bus.js';

const beatMs = 1_000;
const lookMs = 200;
/** What was handed over on an older beat than this is not waited for any more. */
const freshMs = 3_500;
/** Beats that may still be fresh. */
const beatsKept = 5;

/**
 * The other replicas: which are there, and the way to them. Each says of itself every second that it is there; what it is
 * handed names the last beat that was heard of it, by which it knows how old that is though clocks differ.
 */
@Injectable()
export class Replicas
  implements OtherReplicas, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly homes: Homes;
  private readonly logs = new Map<
    LogName,
    Pick<HandOver<never, unknown, unknown, unknown>, 'handedOver' | 'answered' | 'look'>
  >();
  /** When this replica's last beats were, by their number. */
  private readonly beats = new Map<number, number>();
  private beat = 0;
  private isLeaving = false;
  private stopBeats: (() => void) | undefined;
  private stopLooks: (() => void) | undefined;

  constructor(
    @Inject(REPLICA_BUS) private readonly bus: ReplicaBus,
    private readonly delivery: DeliveryProbe,
    private readonly clock: Clock,
  ) {
    this.homes = new Homes(bus.self, () => this.clock.nowMs());
  }

  onApplicationBootstrap(): void {
    this.bus.onEnvelope((envelope) => this.hear(envelope));
    this.stopBeats = this.clock.every('replicas', beatMs, () => this.sayAlive());
    this.sayAlive();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isLeaving = true;
    await this.bus.send('all', { kind: 'leaving', from: this.bus.self });
  }

  onApplicationShutdown(): void {
    this.stopBeats?.();
    this.stopLooks?.();
  }

  /** Lets the entries of a log be handed over; once for each log. */
  handing<Entry extends Numbered, Handed, Checked, Stored>(
    log: HandedLog<Entry, Handed, Checked, Stored>,
  ): HandOver<Entry, Handed, Checked, Stored> {
    const handOver = new HandOver(log, this, this.clock);
    this.logs.set(log.name, handOver);
    return handOver;
  }

  /** How many replicas there are, this one included. */
  get count(): number {
    return this.homes.count;
  }

  homeOf(chatId: string): string | undefined {
    return this.delivery.current.state === 'ok' && !this.isLeaving ? this.homes.of(chatId) : undefined;
  }

  isThere(replica: string): boolean {
    return this.delivery.current.state === 'ok' && this.homes.isThere(replica);
  }

  avoid(replica: string): void {
    this.homes.avoid(replica);
  }

  async handOver(home: string, log: LogName, stretches: readonly Stretch[]): Promise<boolean> {
    this.stopLooks ??= this.clock.every('replicas', lookMs, () => this.look());
    const beat = this.homes.beatOf(home);
    const envelope = { kind: 'hand-over', from: this.bus.self, log, beat, stretches } as const;
    const isTaken = await this.bus.send({ replica: home }, envelope);
    if (!isTaken) this.homes.gone(home);
    return isTaken;
  }

  answer(source: string, log: LogName, answers: readonly Answer[]): void {
    const envelope = { kind: 'answers', from: this.bus.self, log, answers } as const;
    runInBackground('replicas', () => this.bus.send({ replica: source }, envelope));
  }

  private look(): void {
    const isWaiting = Array.from(this.logs.values(), (log) => log.look()).includes(true);
    if (isWaiting) return;
    this.stopLooks?.();
    this.stopLooks = undefined;
  }

  private sayAlive(): void {
    if (this.isLeaving) return;
    this.homes.sweep();
    this.beats.set(++this.beat, this.clock.nowMs());
    this.beats.delete(this.beat - beatsKept);
    const envelope = { kind: 'beat', from: this.bus.self, beat: this.beat } as const;
    runInBackground('replicas', () => this.bus.send('all', envelope));
  }

  private hear(envelope: Envelope): void {
    switch (envelope.kind) {
      case 'beat':
        return this.homes.heard(envelope.from, envelope.beat);
      case 'leaving':
        return this.homes.leaving(envelope.from);
      case 'hand-over':
        return this.handedOver(envelope);
      case 'answers':
        for (const answer of envelope.answers) this.logs.get(envelope.log)?.answered(envelope.from, answer);
    }
  }

  private handedOver({ from, log, beat, stretches }: Extract<Envelope, { kind: 'hand-over' }>): void {
    const isFresh = this.clock.nowMs() - (this.beats.get(beat) ?? -Infinity) <= freshMs;
    for (const stretch of stretches) this.logs.get(log)?.handedOver(from, stretch, isFresh);
  }
}
