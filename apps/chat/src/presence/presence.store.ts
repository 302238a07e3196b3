import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { PresenceState } from '@roost/contract';
import type { Settings } from '@roost/settings';
import type { RedisClients } from '../cluster/redis-clients.js';
import type { RedisClient } from '../cluster/redis-nodes.js';
import { REDIS } from '../cluster/redis.js';
import { batches } from '../kernel/batches.js';
import { SETTINGS } from '../kernel/settings.module.js';

export type States = ReadonlyMap<string, PresenceState>;

/** So often a replica says that its people are still there. */
export const keepEveryMs = 10_000;
/** What a replica has noted is forgotten so long after it said so last, in seconds. */
const keptS = 30;
/** Replicas that have said nothing for so long are not asked for any more. */
const listedMs = 3_600_000;
/** In every hash, so that an empty one is not mistaken for one that was lost. */
const marker = 'replica';
const fieldsAtOnce = 500;

/**
 * Who is there, in Redis: a hash of each replica with the people who are connected to it, which goes by itself when the replica does,
 * and a list of these hashes. One person is some 100 bytes. Everything here rejects while Redis is away.
 */
@Injectable()
export class PresenceStore {
  private readonly redis: RedisClient;
  private readonly own: string;
  private readonly list: string;
  /** Redis has lost what was noted: until the others have noted theirs again, nobody is known to be gone. */
  private completeFromMs = -Infinity;
  private hasNoted = false;

  constructor(@Inject(REDIS) { publisher }: RedisClients, @Inject(SETTINGS) { redisKeyPrefix, replicaName }: Settings) {
    this.redis = publisher;
    this.list = `${redisKeyPrefix}:presence`;
    this.own = `${this.list}:${replicaName}:${randomUUID()}`;
  }

  /** Notes where people are who are connected to this replica, or no longer. */
  async put(states: States): Promise<void> {
    const isNew = (await this.redis.hset(this.own, marker, '')) === 1;
    if (isNew && this.hasNoted) this.wasLost();
    this.hasNoted = true;
    for (const batch of batches([...states], fieldsAtOnce)) {
      const here = batch.filter(([, state]) => state !== 'offline');
      const gone = batch.filter(([, state]) => state === 'offline').map(([userId]) => userId);
      await Promise.all([
        here.length > 0 && this.redis.hset(this.own, Object.fromEntries(here)),
        gone.length > 0 && this.redis.hdel(this.own, ...gone),
      ]);
    }
    await Promise.all([this.redis.expire(this.own, keptS), this.redis.zadd(this.list, Date.now(), this.own)]);
  }

  /** Says that these are still here, all of them; and who they are, where Redis has lost that or was not told (`isAnew`). */
  async keep(all: States, isAnew: boolean): Promise<void> {
    const isComplete = !isAnew && (await this.redis.hlen(this.own)) - 1 === all.size;
    if (!isComplete) await this.redis.del(this.own);
    await this.put(isComplete ? new Map() : all);
    await this.redis.zremrangebyscore(this.list, '-inf', String(Date.now() - listedMs));
  }

  /** The state of each over all replicas, of the most active device. Those are left out who may be there or not. */
  async read(userIds: readonly string[]): Promise<States> {
    const hashes = await this.redis.zrange(this.list, 0, '-1');
    if (!hashes.includes(this.own)) this.wasLost();
    const found = await Promise.all(hashes.map((hash) => this.redis.hmget(hash, ...userIds)));
    const isComplete = performance.now() >= this.completeFromMs;
    const states = userIds.map((userId, index) => [userId, bestOf(found.map((one) => one[index]))] as const);
    return new Map(states.filter(([, state]) => isComplete || state !== 'offline'));
  }

  private wasLost(): void {
    this.completeFromMs = performance.now() + 2 * keepEveryMs;
  }
}

function bestOf(states: readonly (string | null | undefined)[]): PresenceState {
  if (states.includes('online')) return 'online';
  return states.includes('away') ? 'away' : 'offline';
}
