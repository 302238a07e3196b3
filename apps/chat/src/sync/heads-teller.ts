import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { limits } from '@roost/contract';
import type { Position } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { LRUCache } from 'lru-cache';
import { atMost } from '../kernel/at-most.js';
import { PinoLogger } from 'nestjs-pino';
import { guardedListener } from '../kernel/boundary.js';
import { DeliveryProbe, degradedHeadsMs } from '../cluster/delivery-probe.js';
import { OwnLog } from '../own-log/own-log.js';
import { LocalSockets } from '../sockets/local-sockets.js';
import { chatRoom, userRoom } from '../sockets/rooms.js';
import { TrailingFlight } from '../kernel/trailing-flight.js';
import { clockSkewMaxMs, lookBackMs } from '../store/look-back.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { LateJoins } from './late-joins.js';
import { MembershipNet } from './membership-net.js';
import { MovedChats } from './moved-chats.js';

const rememberedMax = 50_000;
/** Sockets told in one turn of the event loop. */
const socketsATurn = 100;

/**
 * Tells sockets where their chats stand that moved lately, so that a fact that was lost is missed even where nothing
 * follows it. One timer per replica, one read, only the chats that moved; nothing at all where none did. While facts of
 * other replicas do not come these looks are what clients go by: then there is one every few seconds, at what is new alone.
 */
@Injectable()
export class HeadsTeller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private hurrying: NodeJS.Timeout | undefined;
  /** When the last look began, and the last of those that look back as far as an entry may be stored late. */
  private lookedAtMs = Date.now();
  private lookedBackAtMs = Date.now();
  private readonly looks = new TrailingFlight<void>();
  /** What was told last of each chat: the overlap of two looks is not told twice. Who connects later has synced. */
  private readonly told = new LRUCache<string, Position>(atMost(rememberedMax));
  /** The same of people's own logs. */
  private readonly toldOwn = new LRUCache<string, number>(atMost(rememberedMax));

  constructor(
    private readonly moved: MovedChats,
    private readonly ownLog: OwnLog,
    private readonly memberships: MembershipNet,
    private readonly lateJoins: LateJoins,
    private readonly sockets: LocalSockets,
    private readonly logger: PinoLogger,
    delivery: DeliveryProbe,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    delivery.onDegraded(() => this.hurry());
    delivery.onRecovered(() => {
      clearInterval(this.hurrying);
      return this.push();
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(
      guardedListener('heads', () => this.push()),
      this.settings.headsIntervalMs,
    );
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
    clearInterval(this.hurrying);
  }

  private hurry(): void {
    clearInterval(this.hurrying);
    const glance = guardedListener('heads', () => this.looks.get('glance', () => this.look({ isGlance: true })));
    this.hurrying = setInterval(glance, degradedHeadsMs);
  }

  /** Tells what moved since the last look, and what was stored late before it. */
  push(): Promise<void> {
    return this.looks.get('look', () => this.look({ isGlance: false }));
  }

  /** Where the store does not answer, the next time covers this one. A glance leaves what comes late to the next look. */
  private async look({ isGlance }: { isGlance: boolean }): Promise<void> {
    const startedAtMs = Date.now();
    try {
      const since = new Date(
        isGlance ? this.lookedAtMs - clockSkewMaxMs : this.lookedBackAtMs - lookBackMs(this.settings),
      );
      // Rooms first: who was added gets the heads of that chat too.
      await this.memberships.catchSince(since);
      const moved = await this.moved.since(since);
      await this.lateJoins.join(moved);
      const own = await this.ownLog.movedSince(since);
      const positions = await this.moved.positionsOf([...moved].filter((id) => this.sockets.isInUse(chatRoom(id))));
      this.lookedAtMs = startedAtMs;
      if (!isGlance) this.lookedBackAtMs = startedAtMs;
      this.tellOwn(own);
      await this.tell(this.news(positions));
    } catch (err) {
      this.logger.warn({ err }, 'heads not told');
    }
  }

  private news(positions: ReadonlyMap<string, Position>): ReadonlyMap<string, Position> {
    const news = new Map<string, Position>();
    for (const [chatId, position] of positions) {
      const told = this.told.get(chatId);
      if (told?.seq === position.seq && told.rev === position.rev) continue;
      this.told.set(chatId, position);
      news.set(chatId, position);
    }
    return news;
  }

  private tellOwn(heads: ReadonlyMap<string, number>): void {
    for (const [userId, ownRev] of heads) {
      const room = userRoom(userId);
      if (!this.sockets.isInUse(room) || this.toldOwn.get(userId) === ownRev) continue;
      this.toldOwn.set(userId, ownRev);
      for (const socketId of this.sockets.in(room)) this.sockets.emit(socketId, 'me:head', { ownRev });
    }
  }

  private async tell(positions: ReadonlyMap<string, Position>): Promise<void> {
    const bySocket = new Map<string, [string, Position][]>();
    for (const entry of positions) {
      for (const socketId of this.sockets.in(chatRoom(entry[0]))) {
        const heads = bySocket.get(socketId);
        if (heads) heads.push(entry);
        else bySocket.set(socketId, [entry]);
      }
    }
    let told = 0;
    for (const [socketId, heads] of bySocket) {
      for (let start = 0; start < heads.length; start += limits.headsChats) {
        const chats = Object.fromEntries(heads.slice(start, start + limits.headsChats));
        this.sockets.emit(socketId, 'chat:heads', { chats });
      }
      if (++told % socketsATurn === 0) await nextTurn();
    }
  }
}
