import type { Settings } from '@roost/settings';
import type { Server } from 'socket.io';
import { AdapterPublisher } from './adapter-publisher.js';
import { classicAdapter } from './classic-adapter.js';
import type { RedisClients } from './redis-clients.js';
import { ShardedAdapter } from './sharded-adapter.js';
import type { WireTap } from './wire-tap.js';

/** What joins the Socket.IO servers of all replicas, as REDIS_ADAPTER says. */
export function redisAdapter(
  redis: RedisClients,
  { redisKeyPrefix }: Settings,
  tap: WireTap,
): Parameters<Server['adapter']>[0] {
  const publisher = new AdapterPublisher(redis.publisher);
  switch (redis.adapter) {
    case 'classic':
      return classicAdapter({ publisher, subscriber: redis.subscriber }, redisKeyPrefix, tap);
    case 'sharded': {
      const parts = { publisher, subscriber: redis.subscriber, channelPrefix: redisKeyPrefix, tap };
      // Socket.IO calls it with `new`, which an arrow function does not bear.
      return function adapterOf(namespace: { name: string }) {
        return new ShardedAdapter(namespace, parts);
      };
    }
  }
}
