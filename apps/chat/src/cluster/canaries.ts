import type { Settings } from '@roost/settings';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { atMost } from '../kernel/at-most.js';
import { runInBackground } from '../kernel/boundary.js';
import type { ChatServer } from '../kernel/chat-socket.js';
import type { RedisClients } from './redis-clients.js';
import { numbersForEveryNode } from './redis-nodes.js';
import { channelOfRoom } from './sharded-adapter.js';

/** What a canary carries: where it was sent to, when by `performance.now()` of its replica, and that replica's name. */
const Canary = z.strictObject({
  room: z.string().max(100),
  sentAtMs: z.number(),
  /** Not told by replicas of older versions. */
  from: z.string().max(100).optional(),
});
type Canary = z.infer<typeof Canary>;

/** A canary of this replica that came back, through all of Redis where `provenAtMs` says so. */
export interface OwnCanary {
  readonly tookMs: number;
}

/** Stands in the canaries' rooms in place of a socket, for an adapter subscribes only to rooms that somebody is in. */
const canaryMember = 'canary';
const eventPacket = 2;
const replicasMax = 1_000;

/** When one came through a room last, and when that was sent. */
interface Passage {
  atMs: number;
  sentAtMs: number;
}

/**
 * Canaries go through the real broadcast path (adapter, publisher, Redis, subscriber) to all replicas, the one that sends them
 * included; through each node of a Redis Cluster where rooms are spread over them.
 */
export class Canaries {
  /** What came back of this replica's own, by room. A new room counts as passed until its first canary is overdue. */
  private readonly own = new Map<string, Passage>();
  private readonly unproven = new Set<string>();
  /** When others were heard, by their name and the room. */
  private readonly others = new LRUCache<string, Map<string, number>>(atMost(replicasMax));
  private proven = false;

  constructor(
    private readonly server: ChatServer,
    private readonly redis: RedisClients,
    private readonly settings: Settings,
  ) {
    this.followNodes();
  }

  /** Whether they have come back once, through all of Redis. */
  get hasProven(): boolean {
    return this.proven;
  }

  /** Milliseconds since one came back, on the path where that is longest ago. */
  get ageMs(): number {
    return performance.now() - Math.min(...Array.from(this.own.values(), ({ atMs }) => atMs));
  }

  /** When that was sent which came back last; of several paths, the one where that is longest ago. */
  get provenAtMs(): number {
    return Math.min(...Array.from(this.own.values(), ({ sentAtMs }) => sentAtMs));
  }

  /** When another replica was heard last, on the path where that is longest ago. */
  heardAtMs(replica: string): number | undefined {
    const rooms = Array.from(this.others.get(replica) ?? []).filter(([room]) => this.own.has(room));
    return rooms.length === 0 ? undefined : Math.min(...rooms.map(([, atMs]) => atMs));
  }

  /** One room for each node of Redis that facts may go through now. */
  followNodes(): void {
    const { adapter } = this.server.of('/');
    const rooms = new Set(this.numbers().map(roomOf));
    for (const room of this.own.keys()) {
      if (rooms.has(room)) continue;
      this.own.delete(room);
      this.unproven.delete(room);
      runInBackground('canaries', () => adapter.del(canaryMember, room));
    }
    for (const room of rooms) {
      if (this.own.has(room)) continue;
      this.own.set(room, { atMs: performance.now(), sentAtMs: performance.now() });
      this.unproven.add(room);
      runInBackground('canaries', () => adapter.addAll(canaryMember, new Set([room])));
    }
  }

  send(): void {
    for (const room of this.own.keys()) {
      const canary: Canary = { room, sentAtMs: performance.now(), from: this.settings.replicaName };
      const packet = { type: eventPacket, nsp: '/', data: [canaryMember, canary] };
      this.server.of('/').adapter.broadcast(packet, { rooms: new Set([room]), except: new Set(), flags: {} });
    }
  }

  /** Gives one of this replica's own that came back; notes those of others. */
  hear(payload: unknown): OwnCanary | undefined {
    const { data } = Canary.safeParse(payload);
    if (!data?.from || !this.own.has(data.room)) return undefined;
    const { room, sentAtMs, from } = data;
    const nowMs = performance.now();
    if (from !== this.settings.replicaName) {
      const heard = this.others.get(from) ?? new Map<string, number>();
      this.others.set(from, heard.set(room, nowMs));
      return undefined;
    }
    this.own.set(room, { atMs: nowMs, sentAtMs });
    this.unproven.delete(room);
    this.proven ||= this.unproven.size === 0;
    return { tookMs: nowMs - sentAtMs };
  }

  private numbers(): number[] {
    if (this.redis.adapter !== 'sharded') return [0];
    const { redisKeyPrefix } = this.settings;
    return numbersForEveryNode(this.redis.publisher, (number) => channelOfRoom(redisKeyPrefix, '/', roomOf(number)));
  }
}

const roomOf = (number: number) => `canary-${number}`;
