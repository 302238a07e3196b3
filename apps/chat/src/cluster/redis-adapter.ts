import type { Settings } from '@roost/settings';
import { createAdapter } from '@socket.io/redis-adapter';
import type { Server } from 'socket.io';
import type { FactListener } from './fact-listener.js';
import type { RedisClients } from './redis-clients.js';
import { shardedAdapter } from './sharded-adapter.js';

/** What joins the Socket.IO servers of all replicas, as REDIS_ADAPTER says. */
export function redisAdapter(
  redis: RedisClients,
  { redisKeyPrefix }: Settings,
  facts: FactListener,
): Parameters<Server['adapter']>[0] {
  switch (redis.adapter) {
    case 'classic':
      return createAdapter(redis.publisher, redis.subscriber, {
        key: redisKeyPrefix,
        parser: facts.parser,
        publishOnSpecificResponseChannel: true,
      });
    case 'sharded':
      return shardedAdapter(redis, redisKeyPrefix, facts.overhearMessage);
  }
}
