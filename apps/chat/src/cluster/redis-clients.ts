import { StartError } from '@roost/observability';
import { redactUrl } from '@roost/settings';
import type { Settings } from '@roost/settings';
import { Cluster, Redis } from 'ioredis';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { guardedListener } from '../kernel/boundary.js';
import { ClassicSubscriber } from './classic-subscriber.js';
import { connectNodesAtOnce, shardsOf } from './redis-nodes.js';
import type { RedisClient } from './redis-nodes.js';
import { ShardedSubscriber } from './sharded-subscriber.js';

/** The clients of REDIS_ADAPTER. */
export type RedisClients =
  | { readonly adapter: 'classic'; readonly publisher: RedisClient; readonly subscriber: ClassicSubscriber }
  | { readonly adapter: 'sharded'; readonly publisher: RedisClient; readonly subscriber: ShardedSubscriber };

/** Back in at most half a second after Redis is: an outage should not last longer here than there. */
const retryStrategy = (attempt: number) => Math.min(attempt * 100, 500);
/** How often the map of a Redis Cluster is read, so that a failover is noticed without traffic too. */
const slotsRefreshIntervalMs = 2000;

type Options = RedisOptions & { replyMapping?: 'legacy' };
const common = { lazyConnect: true, connectTimeout: 2000 } as const;
const failFast = { enableOfflineQueue: false, maxRetriesPerRequest: 0 } as const;
const shardOptions: Options = {
  ...failFast,
  connectTimeout: common.connectTimeout,
  retryStrategy,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
};

/**
 * A connection on which something was asked and nothing came for this long is dead, though nobody closed it: a router
 * forgot it, or the machine at its other end is gone. It is broken off, and a new one made.
 */
const deadAfter = ({ redisCommandTimeoutMs }: Settings) => ({ socketTimeout: 2 * redisCommandTimeoutMs });

/**
 * Connects both clients, within STORES_START_TIMEOUT_MS. The publisher fails fast: what Redis does not take now is dropped
 * and counted. The subscriber comes back after any outage and subscribes again to all there was.
 *
 * @throws StartError that says where Redis was looked for
 */
export async function connectRedis(settings: Settings, logger: Logger): Promise<RedisClients> {
  const { redisClusterNodes, redisUrl = '', storesStartTimeoutMs } = settings;
  const clients = redisClusterNodes
    ? ofCluster(settings, redisClusterNodes, logger)
    : ofOne(settings, redisUrl, logger);
  try {
    await ready(clients.publisher, storesStartTimeoutMs);
    if (clients.adapter === 'classic') await ready(clients.subscriber, storesStartTimeoutMs);
  } catch (cause) {
    closeRedis(clients);
    const places = redisClusterNodes?.map(redactUrl).join(', ') ?? redactUrl(redisUrl);
    throw new StartError(`Redis does not answer at ${places}`, { cause });
  }
  report(clients.publisher, 'publisher', logger);
  report(clients.subscriber, 'subscriber', logger);
  return clients;
}

function ofOne(settings: Settings, url: string, logger: Logger): RedisClients {
  const { redisAdapter, redisCommandTimeoutMs } = settings;
  const options: Options = { ...common, ...deadAfter(settings), retryStrategy };
  const commandTimeout = redisCommandTimeoutMs;
  const publisher = new Redis(url, { ...options, ...failFast, commandTimeout });
  switch (redisAdapter) {
    case 'classic': {
      const subscriber = new ClassicSubscriber(new Redis(url, { ...options, maxRetriesPerRequest: null }), logger);
      return { adapter: redisAdapter, publisher, subscriber };
    }
    case 'sharded': {
      const shards = { slotOf: () => 0, placeOf: () => url };
      const connect = () => new Redis(url, { ...shardOptions, ...deadAfter(settings) });
      return { adapter: redisAdapter, publisher, subscriber: new ShardedSubscriber(shards, connect, commandTimeout) };
    }
  }
}

function ofCluster(settings: Settings, urls: readonly string[], logger: Logger): RedisClients {
  const { redisAdapter, redisCommandTimeoutMs } = settings;
  const nodes = urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }));
  const redisOptions = { connectTimeout: common.connectTimeout, ...deadAfter(settings), ...credentialsOf(urls[0]) };
  const options: ClusterOptions = {
    lazyConnect: true,
    clusterRetryStrategy: retryStrategy,
    slotsRefreshInterval: slotsRefreshIntervalMs,
  };
  const publisher = new Cluster(nodes, {
    ...options,
    enableOfflineQueue: false,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    redisOptions: { ...redisOptions, commandTimeout: redisCommandTimeoutMs },
  });
  connectNodesAtOnce(publisher);
  switch (redisAdapter) {
    case 'classic': {
      const subscriber = new ClassicSubscriber(new Cluster(nodes, { ...options, redisOptions }), logger);
      return { adapter: redisAdapter, publisher, subscriber };
    }
    case 'sharded': {
      const connect = (place: string) => new Redis(`redis://${place}`, { ...shardOptions, ...redisOptions });
      const subscriber = new ShardedSubscriber(shardsOf(publisher), connect, redisCommandTimeoutMs);
      publisher.on(
        'refresh',
        guardedListener('redis', () => subscriber.follow()),
      );
      return { adapter: redisAdapter, publisher, subscriber };
    }
  }
}

function credentialsOf(url = ''): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  const { protocol, username, password } = new URL(url);
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

export function closeRedis({ publisher, subscriber }: RedisClients): void {
  publisher.disconnect();
  subscriber.disconnect();
}

/** `connect()` rejects at the first refusal while the client goes on trying: wait for `ready`, for a bounded time. */
function ready(client: RedisClient | ClassicSubscriber, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let last: Error | undefined;
    const remember = (error: Error) => (last = error);
    const giveUp = () => reject(last ?? new Error(`no answer within ${timeoutMs} ms`));
    const timer = setTimeout(giveUp, timeoutMs);
    const isThere = () => {
      clearTimeout(timer);
      client.off('error', remember);
      resolve();
    };
    client.on('error', remember);
    client.once('ready', guardedListener('redis', isThere));
    client.connect().catch(remember);
  });
}

/** One line when Redis goes and one when it is back, not one an attempt. */
function report(client: RedisClient | ClassicSubscriber | ShardedSubscriber, name: string, logger: Logger): void {
  let isAway = false;
  const failed = (err: Error) => {
    // One node of several: what it means for delivery is found out by the canaries.
    if (client.status === 'ready') return;
    if (!isAway) logger.warn({ err, client: name }, 'redis is away');
    isAway = true;
  };
  const closed = () => {
    if (!isAway && client.status !== 'end') logger.warn({ client: name }, 'redis closed the connection');
    isAway = true;
  };
  const back = () => {
    if (isAway) logger.info({ client: name }, 'redis is back');
    isAway = false;
  };
  client.on('error', guardedListener('redis', failed));
  client.on('close', guardedListener('redis', closed));
  client.on('ready', guardedListener('redis', back));
}
