import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import type { Load } from '../../cluster/cluster-event-map.js';
import { ClusterEvents } from '../../cluster/cluster-events.js';
import { DeliveryProbe } from '../../cluster/delivery-probe.js';
import { guardedListener } from '../../kernel/boundary.js';
import type { ChatSocket } from '../../kernel/chat-socket.js';
import { Clock } from '../../kernel/clock.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { AcceptLimits } from '../limits/accept-limits.js';
import { TokenBucket } from '../limits/token-bucket.js';
import { LocalSockets } from '../local-sockets.js';
import { metrics } from '../metrics.js';
import { Giving } from './giving.js';
import { KnownLoads } from './known-loads.js';
import { Moves } from './moves.js';
import { evenShare } from './shares.js';
import type { Shares } from './shares.js';
import { Success } from './success.js';

const sayMaxMs = 1_000;
/** What is on its way from one replica to another for longer than this is late, and no harm. */
const onTheWayMs = 300;
/** Nobody is asked twice within so many looks: ten minutes. */
const askedAgainLooks = 120;

/**
 * Spreads sockets evenly again after replicas came or went. Each says how many it has; one with clearly more than its share asks
 * some of its clients to connect anew, slowly, and lets nginx send them, and whoever else comes, to others meanwhile. Nothing
 * is closed: a client keeps its connection until it has another one.
 */
@Injectable()
export class Rebalancing implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly self = randomUUID();
  private readonly loads = new KnownLoads();
  private readonly moves: Moves;
  private readonly giving = new Giving();
  private readonly pace: TokenBucket;
  private readonly sayMs: number;
  private readonly success = new Success();
  private pausedLooks = 0;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly sockets: LocalSockets,
    private readonly accepts: AcceptLimits,
    private readonly delivery: DeliveryProbe,
    private readonly clusterEvents: ClusterEvents,
    private readonly clock: Clock,
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    const { balanceMovesPerS, balanceLookMs } = settings;
    this.sayMs = Math.min(balanceLookMs, sayMaxMs);
    this.moves = new Moves(this.sayMs + onTheWayMs, askedAgainLooks * balanceLookMs);
    const perLook = (balanceMovesPerS * balanceLookMs) / 1000;
    this.pace = new TokenBucket({ perSecond: balanceMovesPerS, burst: Math.max(1, perLook) });
  }

  onApplicationBootstrap(): void {
    this.clusterEvents.on('replica:load', (load) => this.heard(load));
    this.sockets.onConnected((socket) => this.connected(socket));
    this.stops.push(
      this.clock.every('rebalancing', this.sayMs, () => this.say()),
      this.clock.every('rebalancing', this.settings.balanceLookMs, () => this.look()),
    );
  }

  /** Until then it says that it is going: nobody asks clients to move meanwhile. */
  onApplicationShutdown(): void {
    for (const stop of this.stops) stop();
  }

  private get isFit(): boolean {
    return this.accepts.isFit && this.delivery.current.state === 'ok';
  }

  private say(): void {
    const { isFit } = this;
    this.clusterEvents.emit('replica:load', { replica: this.self, sockets: this.own(), isFit });
    if (!isFit) this.stop();
  }

  private heard(load: Load): void {
    if (load.replica === this.self) return;
    this.loads.heard(load, performance.now());
    // It may be that all come to it at once because the others send them there.
    if (!load.isFit) this.stop();
  }

  private own(): number {
    return Math.max(0, this.sockets.count - this.moves.underWay(performance.now()).here);
  }

  private look(): void {
    const nowMs = performance.now();
    const others = this.loads.fresh(nowMs);
    const { all: moving } = this.moves.underWay(nowMs);
    const shares = { own: this.own(), moving, others: others.map(({ sockets }) => sockets) };
    metrics.socketsShare.set(shares.own / (evenShare(shares) || 1));
    if (this.settings.balanceMovesPerS === 0 || this.pausedLooks-- > 0) return;
    this.pausedLooks = this.success.pauseLooks();
    if (this.pausedLooks > 0) return this.pause();
    const { isGiving: wasGiving } = this.giving;
    const surplus = this.giving.look({
      shares,
      replicas: others.map(({ replica }) => replica).join(' '),
      areFit: this.isFit && others.every(({ isFit }) => isFit),
    });
    const { isGiving } = this.giving;
    this.accepts.setPrefersOthers(isGiving);
    if (isGiving && !wasGiving) this.begin(shares);
    this.ask(Math.min(surplus, this.success.mayAsk), nowMs);
  }

  private begin({ own, others }: Shares): void {
    this.success.begin();
    this.logger.info({ sockets: own, others }, 'asks clients to move to other replicas');
  }

  /** Whatever is in front sends them back. */
  private pause(): void {
    const { asked, returned } = this.success;
    this.stop();
    this.success.begin();
    this.logger.warn({ asked, returned }, 'clients that were asked to move come back');
  }

  private stop(): void {
    this.giving.stop();
    this.accepts.setPrefersOthers(false);
  }

  private ask(surplus: number, nowMs: number): void {
    const chosen = this.choose(surplus).filter(() => this.pace.take(nowMs) === 0);
    const { balanceLookMs } = this.settings;
    for (const [index, socket] of chosen.entries()) {
      const reconnectInMs = Math.floor((index * balanceLookMs) / chosen.length);
      const { id: socketId } = socket;
      this.moves.asked({ socketId, sessionId: socket.data.caller.sessionId }, nowMs + reconnectInMs);
      socket.once(
        'disconnect',
        guardedListener('rebalancing', () => {
          if (this.moves.left(socketId, performance.now())) this.success.left++;
        }),
      );
      socket.emit('server:draining', { reconnectInMs });
    }
    this.success.asked += chosen.length;
    metrics.balanceMovesTotal.inc({ outcome: 'asked' }, chosen.length);
  }

  /** At random: those who came first are no better than others. */
  private choose(count: number): ChatSocket[] {
    if (count === 0) return [];
    const able = this.sockets.all().filter(({ data }) => data.moves && !this.moves.wasAsked(data.caller.sessionId));
    for (let place = 0; place < Math.min(count, able.length); place++) {
      const other = place + Math.floor(Math.random() * (able.length - place));
      [able[place], able[other]] = [able[other]!, able[place]!];
    }
    return able.slice(0, count);
  }

  private connected({ data }: ChatSocket): void {
    if (!this.giving.isGiving || !this.moves.isReturn(data.caller.sessionId, performance.now())) return;
    this.success.returned++;
    metrics.balanceMovesTotal.inc({ outcome: 'returned' });
  }
}
