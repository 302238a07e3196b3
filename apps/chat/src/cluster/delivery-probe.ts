import { EventEmitter } from 'node:events';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener, runInBackground } from '../kernel/boundary.js';
import { SETTINGS } from '../kernel/settings.module.js';
import type { ChatServer, ChatSocket } from '../kernel/chat-socket.js';
import { metrics } from './metrics.js';
import type { RedisClients } from './redis-clients.js';
import { numbersForEveryNode, pingRedis } from './redis-nodes.js';
import { channelOfRoom } from './sharded-adapter.js';
import { REDIS } from './redis.js';
import { WireTap } from './wire-tap.js';
import type { Canary } from './wire-tap.js';

/** Whether facts reach the other replicas. */
export type Delivery = { readonly state: 'ok' } | { readonly state: 'degraded'; readonly since: Date };

/** While delivery is degraded sockets are told heads this often. */
export const degradedHeadsMs = 2_000;
/** Lost canaries in a row until delivery counts as degraded. */
const lostMax = 2;
/** Canaries lost although Redis answers, until the subscription is made anew; twice that, until the connection is. */
const stuckMax = 3;
/** While delivery is degraded canaries go this often, so that its return is noticed soon. */
const probeEveryMs = 250;
/** Stands in the canaries' rooms in place of a socket, for an adapter subscribes only to rooms that somebody is in. */
const canaryMember = 'canary';
const eventPacket = 2;

/**
 * Sends a canary through the real broadcast path (adapter, publisher, Redis, subscriber) every CANARY_INTERVAL_MS and
 * listens for it; one through each node of a Redis Cluster where rooms are spread over them. A Redis that is frozen
 * raises no error, a subscription that was lost neither: only what comes back proves anything. Sockets are told when
 * delivery degrades and recovers; a path that is stuck is made anew.
 */
@Injectable()
export class DeliveryProbe implements BeforeApplicationShutdown {
  private readonly changes = new EventEmitter();
  private delivery: Delivery = { state: 'ok' };
  /** When the last canary came back, by room, and when that one was sent. */
  private readonly backAtMs = new Map<string, number>();
  private readonly backSentAtMs = new Map<string, number>();
  private degradedAtMs = 0;
  private stuckRounds = 0;
  private timer: NodeJS.Timeout | undefined;
  private probing: NodeJS.Timeout | undefined;
  private server: ChatServer | undefined;

  constructor(
    private readonly tap: WireTap,
    @Inject(REDIS) private readonly redis: RedisClients,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly logger: PinoLogger,
  ) {}

  attach(server: ChatServer): void {
    this.server = server;
    this.chooseRooms(server);
    this.tap.onCanary((canary) => this.heard(canary));
    for (const client of [this.redis.publisher, this.redis.subscriber])
      client.on(
        'close',
        guardedListener('delivery probe', () => this.degrade()),
      );
    server.on(
      'connection',
      guardedListener('delivery probe', (socket) => this.tell(socket)),
    );
    this.timer = setInterval(
      guardedListener('delivery probe', () => this.round(server)),
      this.settings.canaryIntervalMs,
    );
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

  /** Milliseconds since a canary came back, on the path where that is longest ago. */
  get canaryAgeMs(): number {
    return performance.now() - Math.min(...this.backAtMs.values());
  }

  /** When that was sent which came back last, by `performance.now()`; of several paths, the one where that is longest ago. */
  get provenAtMs(): number {
    return Math.min(...this.backSentAtMs.values());
  }

  /** Redis answers, and yet this replica does not get back what it sends through it: something is wrong here, not there. */
  get isStuck(): boolean {
    return this.stuckRounds >= stuckMax;
  }

  onDegraded(listener: () => unknown): void {
    this.changes.on('degraded', guardedListener('delivery degraded', listener));
  }

  onRecovered(listener: () => unknown): void {
    this.changes.on('recovered', guardedListener('delivery recovered', listener));
  }

  /** One room for each node of Redis that facts may go through now. A new one counts as heard until its first canary is overdue. */
  private chooseRooms(server: ChatServer): void {
    const { adapter } = server.of('/');
    const nameOf = (number: number) => `canary-${this.settings.replicaName}-${number}`;
    const { redisKeyPrefix } = this.settings;
    const numbers =
      this.redis.adapter === 'sharded'
        ? numbersForEveryNode(this.redis.publisher, (number) => channelOfRoom(redisKeyPrefix, '/', nameOf(number)))
        : [0];
    const rooms = new Set(numbers.map(nameOf));
    for (const room of this.backAtMs.keys()) {
      if (rooms.has(room)) continue;
      this.backAtMs.delete(room);
      this.backSentAtMs.delete(room);
      runInBackground('delivery probe', () => adapter.del(canaryMember, room));
    }
    for (const room of rooms) {
      if (this.backAtMs.has(room)) continue;
      this.backAtMs.set(room, performance.now());
      this.backSentAtMs.set(room, performance.now());
      runInBackground('delivery probe', () => adapter.addAll(canaryMember, new Set([room])));
    }
  }

  private async round(server: ChatServer): Promise<void> {
    this.chooseRooms(server);
    metrics.canaryAgeSeconds.set(this.canaryAgeMs / 1000);
    if (this.canaryAgeMs > lostMax * this.settings.canaryIntervalMs) {
      this.degrade();
      await this.heal();
    }
    this.sendCanaries();
  }

  private sendCanaries(): void {
    for (const room of this.backAtMs.keys()) {
      const canary: Canary = { room, sentAtMs: performance.now() };
      const packet = { type: eventPacket, nsp: '/', data: [canaryMember, canary] };
      this.server?.of('/').adapter.broadcast(packet, { rooms: new Set([room]), except: new Set(), flags: {} });
    }
  }

  private heard({ room, sentAtMs }: Canary): void {
    if (!this.backAtMs.has(room)) return;
    metrics.broadcastRoundTripSeconds.observe((performance.now() - sentAtMs) / 1000);
    this.backAtMs.set(room, performance.now());
    this.backSentAtMs.set(room, sentAtMs);
    // A Redis that was frozen may still hold canaries from before: they say nothing of what is sent now.
    if (this.provenAtMs <= this.degradedAtMs) return;
    this.stuckRounds = 0;
    if (this.delivery.state === 'ok') return;
    const since = this.delivery.since.toISOString();
    this.delivery = { state: 'ok' };
    clearInterval(this.probing);
    this.logger.info({ since }, 'delivery between replicas recovered');
    this.server?.local.emit('server:recovered', { since });
    this.changes.emit('recovered');
  }

  private degrade(): void {
    if (this.delivery.state === 'degraded' || !this.server) return;
    this.delivery = { state: 'degraded', since: new Date() };
    this.degradedAtMs = performance.now();
    this.probing = setInterval(
      guardedListener('delivery probe', () => this.sendCanaries()),
      probeEveryMs,
    );
    this.logger.warn('delivery between replicas degraded');
    this.server.local.emit('server:degraded', degradedFact(this.delivery));
    this.changes.emit('degraded');
  }

  private tell(socket: ChatSocket): void {
    if (this.delivery.state === 'ok') return;
    socket.emit('server:degraded', degradedFact(this.delivery));
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
