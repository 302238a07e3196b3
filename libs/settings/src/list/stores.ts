import { mongodbUri, oneOf, optional, plainName, redisNodes, redisUrl, wholeNumber } from '../kinds.js';
import { setting } from '../setting.js';

export const storeSettings = [
  setting({
    name: 'MONGODB_URI',
    schema: mongodbUri(),
    meaning:
      'Address and database of MongoDB. Production needs a replica set, so that a majority write survives a server.',
    secret: 'credentials',
    group: 'Stores',
    audience: 'deployment',
  }),
  setting({
    name: 'MONGODB_TIMEOUT_MS',
    schema: wholeNumber(50, 60_000),
    unit: 'ms',
    default: '5000',
    meaning: 'Longest time one call to MongoDB may take before the caller is told `store/unavailable`.',
    group: 'Stores',
    audience: 'tuning',
  }),
  setting({
    name: 'MONGODB_MAX_POOL_SIZE',
    schema: wholeNumber(1, 1000),
    unit: 'connections',
    default: '50',
    meaning: 'Connections one replica opens to MongoDB at most.',
    group: 'Stores',
    audience: 'tuning',
  }),
  setting({
    name: 'REDIS_URL',
    schema: optional(redisUrl()),
    instead: 'REDIS_CLUSTER_NODES',
    meaning: 'Address of the Redis that carries facts between replicas. May hold a password; `rediss://` for TLS.',
    secret: 'credentials',
    group: 'Stores',
    audience: 'deployment',
  }),
  setting({
    name: 'REDIS_SENTINELS',
    schema: optional(redisNodes()),
    meaning:
      'Some Sentinels that know where the master of Redis is. `REDIS_URL` then has, in place of a host, the name by which they ' +
      'know it: `redis://user:password@mymaster`. User, password and TLS of the first Sentinel hold for all of them.',
    secret: 'credentials',
    group: 'Stores',
    audience: 'deployment',
  }),
  setting({
    name: 'REDIS_CLUSTER_NODES',
    schema: optional(redisNodes()),
    instead: 'REDIS_URL',
    meaning:
      'Some nodes of a Redis Cluster, which name the others. User, password and TLS of the first hold for all nodes.',
    secret: 'credentials',
    group: 'Stores',
    audience: 'deployment',
  }),
  setting({
    name: 'REDIS_ADAPTER',
    schema: oneOf(['classic', 'sharded']),
    default: 'classic',
    meaning:
      '`classic`: every replica gets every fact. `sharded` (Redis 7 or newer): a replica gets the facts of rooms it has ' +
      'sockets in, and a Redis Cluster spreads them over its nodes. The same on all replicas.',
    group: 'Stores',
    audience: 'deployment',
  }),
  setting({
    name: 'REDIS_KEY_PREFIX',
    schema: plainName(),
    default: 'roost',
    meaning: 'First part of every Redis key and channel; clusters that share a Redis need different ones.',
    group: 'Stores',
    audience: 'deployment',
  }),
  setting({
    name: 'REDIS_COMMAND_TIMEOUT_MS',
    schema: wholeNumber(10, 60_000),
    unit: 'ms',
    default: '1000',
    meaning:
      'Longest time one Redis command may take. Short, because losing Redis must not hold up a command. With ' +
      '`REDIS_ADAPTER=sharded` also how long a socket that comes in waits at most for the subscriptions to its rooms; ' +
      'facts to sockets of the same replica never wait.',
    group: 'Stores',
    audience: 'tuning',
  }),
  setting({
    name: 'STORES_START_TIMEOUT_MS',
    schema: wholeNumber(100, 600_000),
    unit: 'ms',
    default: '10000',
    meaning: 'How long a starting replica waits for MongoDB and Redis before it gives up and exits.',
    group: 'Stores',
    audience: 'tuning',
  }),
] as const;
