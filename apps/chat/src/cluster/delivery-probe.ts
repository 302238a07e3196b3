import { EventEmitter } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener } from '../kernel/boundary.js';
import { SETTINGS } from '../kernel/settings.module.js';
import type { ChatServer, ChatSocket } from '../kernel/chat-socket.js';
import { Canaries } from './canaries.js';
import { MasterWatch } from './master-watch.js';
import { metrics } from './metrics.js';
import type { RedisClients } from './redis-clients.js';
import { pingRedis } from './redis-nodes.js';
import type { RedisRole } from './redis-role.js';
import { REDIS } from './redis.js';
import { WireTap } from './wire-tap.js';

/** What keeps facts from the other replicas, or theirs from this one: the first of these that is so. */
export type Trouble =
  /** What this replica sends does not come back to it. */
  | { readonly kind: 'path' }
  /** It comes back, from a Redis that is a replica of another. */
  | { readonly kind: 'replica'; readonly of: string }
  /** It comes back, and between this replica and these nothing goes, in one direction at least. */
  | { readonly kind: 'others'; readonly names: readonly string[] };

/** Whether facts reach the other replicas. */
export type Delivery =
  { readonly state: 'ok' } | { readonly state: 'degraded'; readonly since: Date; readonly trouble: Trouble };

/** While delivery is degraded sockets are told heads this often. */
export const degradedHeadsMs = 2_000;
/** Lost canaries in a row until delivery counts as degraded. */
const lostMax = 2;
/** Canaries lost although Redis answers, until the subscription is made anew; twice that, until the connection is. */
const stuckMax = 3;
/** Until the first canary is back, and while delivery is degraded, canaries go this often, so that it is noticed soon. */
const probeEveryMs = 250;
/** While delivery is degraded it is looked this often whether the address of Redis leads elsewhere now. */
const seekEveryMs = 2_000;

/**
 * Sends a canary through the real broadcast path every CANARY_INTERVAL_MS and listens for it, and asks Redis whether it is a
 * master. A Redis that is frozen raises no error, a subscription that was lost neither: only what comes back proves anything.
 * Which other replicas are not heard is found out by the heartbeats. Sockets are told when delivery degrades and recovers; a
 * path that is stuck is made anew, and another master is looked for.
 */
@Injectable()
export class DeliveryProbe implements BeforeApplicationShutdown {
  private readonly changes = new EventEmitter();
  private readonly master: MasterWatch;
  private delivery: Delivery = { state: 'ok' };
  private lostPath: { readonly since: Date; readonly atMs: number } | undefined;
  private apart: readonly string[] = [];
  private stuckRounds = 0;
  private soughtAtMs = -Infinity;
  private timer: NodeJS.Timeout | undefined;
  private probing: NodeJS.Timeout | undefined;
  private server: ChatServer | undefined;
  private canaries: Canaries | undefined;

  constructor(
    private readonly tap: WireTap,
    @Inject(REDIS) private readonly redis: RedisClients,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly logger: PinoLogger,
  ) {
    this.master = new MasterWatch(redis, (to) => this.logger.warn({ to }, 'redis is elsewhere now'));
  }

  attach(server: ChatServer): void {
    this.server = server;
    this.canaries = new Canaries(server, this.redis, this.settings);
    this.tap.onCanary((canary) => this.heard(canary));
    for (const client of [this.redis.publisher, this.redis.subscriber])
      client.on(
        'close',
        guardedListener('delivery probe', () => this.losePath()),
      );
    server.on(
      'connection',
      guardedListener('delivery probe', (socket) => this.tell(socket)),
    );
    this.timer = setInterval(
      guardedListener('delivery probe', () => this.round()),
      this.settings.canaryIntervalMs,
    );
    this.probeOften();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    clearInterval(this.probing);
    this.server = undefined;
  }

  /** Since when facts may be lost, if they may. */
  get current(): Delivery {
    return this.delivery;
  }

  /** Whether a canary has come back since this replica started: before that nothing is known. */
  get hasProven(): boolean {
    return this.canaries?.hasProven ?? false;
  }

  /** Milliseconds since a canary came back, on the path where that is longest ago. */
  get canaryAgeMs(): number {
    return this.canaries?.ageMs ?? 0;
  }

  /** When that was sent which came back last, by `performance.now()`; of several paths, the one where that is longest ago. */
  get provenAtMs(): number {
    return this.canaries?.provenAtMs ?? -Infinity;
  }

  /** Since when what this replica sends has not come back to it, if so. */
  get pathLostSince(): Date | undefined {
    return this.lostPath?.since;
  }

  /** What the Redis that this replica is connected to says that it is. */
  get role(): RedisRole {
    return this.master.current;
  }

  /** When a canary of another replica was heard last, by `performance.now()`. */
  heardAtMs(replica: string): number | undefined {
    return this.canaries?.heardAtMs(replica);
  }

  /** One more canary, now. */
  sendCanaries(): void {
    if (this.server) this.canaries?.send();
  }

  /** The replicas that are alive, and between which and this one nothing goes. */
  setApart(names: readonly string[]): void {
    this.apart = names;
    this.judge();
  }

  onDegraded(listener: () => unknown): void {
    this.changes.on('degraded', guardedListener('delivery degraded', listener));
  }

  onRecovered(listener: () => unknown): void {
    this.changes.on('recovered', guardedListener('delivery recovered', listener));
  }

  /** What this replica sends does not come back any more. */
  onPathLost(listener: () => unknown): void {
    this.changes.on('path lost', guardedListener('delivery path lost', listener));
  }

  private async round(): Promise<void> {
    this.canaries?.followNodes();
    metrics.canaryAgeSeconds.set(this.canaryAgeMs / 1000);
    if (this.canaryAgeMs > lostMax * this.settings.canaryIntervalMs) {
      this.losePath();
      await this.heal();
    }
    if (this.delivery.state === 'degraded') this.seek();
    await this.probe();
  }

  private async probe(): Promise<void> {
    this.sendCanaries();
    await this.master.look();
    this.judge();
  }

  private probeOften(): void {
    clearInterval(this.probing);
    this.probing = setInterval(
      guardedListener('delivery probe', () => this.probe()),
      probeEveryMs,
    );
  }

  private heard(payload: unknown): void {
    const own = this.canaries?.hear(payload);
    if (!own) return;
    metrics.broadcastRoundTripSeconds.observe(own.tookMs / 1000);
    if (this.lostPath) this.findPath(this.lostPath.atMs);
    else if (this.delivery.state === 'ok' && this.hasProven) clearInterval(this.probing);
  }

  /**
   * A Redis that was frozen may still hold canaries from before, which say nothing of what is sent now; and one that comes back
   * may have become a replica of another meanwhile.
   */
  private findPath(lostAtMs: number): void {
    if (this.provenAtMs <= lostAtMs) return;
    this.stuckRounds = 0;
    if (this.master.askedAtMs <= lostAtMs) return;
    this.lostPath = undefined;
    this.judge();
  }

  private losePath(): void {
    if (this.lostPath || !this.server) return;
    this.lostPath = { since: new Date(), atMs: performance.now() };
    this.judge();
    this.changes.emit('path lost');
  }

  private get trouble(): Trouble | undefined {
    if (this.lostPath) return { kind: 'path' };
    if (this.role.kind === 'replica') return { kind: 'replica', of: this.role.of };
    return this.apart.length > 0 ? { kind: 'others', names: this.apart } : undefined;
  }

  private judge(): void {
    if (!this.server) return;
    const { trouble } = this;
    if (trouble) this.degrade(trouble);
    else if (this.delivery.state === 'degraded') this.recover(this.delivery.since.toISOString());
  }

  private degrade(trouble: Trouble): void {
    const before = this.delivery;
    const isNew = before.state === 'ok';
    this.delivery = { state: 'degraded', since: isNew ? new Date() : before.since, trouble };
    if (isNew || before.trouble.kind !== trouble.kind)
      this.logger.warn({ trouble }, 'delivery between replicas degraded');
    if (!isNew) return;
    this.probeOften();
    this.server?.local.emit('server:degraded', degradedFact(this.delivery));
    this.changes.emit('degraded');
  }

  private recover(since: string): void {
    this.delivery = { state: 'ok' };
    clearInterval(this.probing);
    this.logger.info({ since }, 'delivery between replicas recovered');
    this.server?.local.emit('server:recovered', { since });
    this.changes.emit('recovered');
  }

  private tell(socket: ChatSocket): void {
    if (this.delivery.state === 'ok') return;
    socket.emit('server:degraded', degradedFact(this.delivery));
  }

  private seek(): void {
    if (performance.now() - this.soughtAtMs < seekEveryMs) return;
    this.soughtAtMs = performance.now();
    this.master.seek();
  }

  /** Where Redis itself is away there is nothing to heal here: the clients come back by themselves. */
  private async heal(): Promise<void> {
    try {
      await pingRedis(this.redis.publisher);
    } catch {
      this.stuckRounds = 0;
      return;
    }
    this.stuckRounds++;
    if (this.stuckRounds % stuckMax !== 0) return;
    this.logger.warn({ rounds: this.stuckRounds }, 'canaries do not come back though redis answers');
    this.redis.subscriber.renew({ thoroughly: this.stuckRounds > stuckMax });
  }
}

const degradedFact = ({ since }: { readonly since: Date }) => ({
  since: since.toISOString(),
  headsMs: degradedHeadsMs,
});
