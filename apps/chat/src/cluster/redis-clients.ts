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
import { describeRefusal, RedisRefusals } from './redis-refusals.js';
import { ShardedSubscriber } from './sharded-subscriber.js';

/** The clients of REDIS_ADAPTER, and what Redis refuses them. */
export type RedisClients = { readonly publisher: RedisClient; readonly refusals: RedisRefusals } & (
  | { readonly adapter: 'classic'; readonly subscriber: ClassicSubscriber }
  | { readonly adapter: 'sharded'; readonly subscriber: ShardedSubscriber }
);

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
  const refusals = new RedisRefusals(logger, redisClusterNodes !== undefined);
  const clients = redisClusterNodes
    ? ofCluster(settings, redisClusterNodes, refusals)
    : ofOne(settings, redisUrl, refusals);
  try {
    await ready(clients.publisher, storesStartTimeoutMs);
    if (clients.adapter === 'classic') await ready(clients.subscriber, storesStartTimeoutMs);
  } catch (cause) {
    closeRedis(clients);
    const places = (redisClusterNodes ?? settings.redisSentinels ?? [redisUrl]).map(redactUrl).join(', ');
    const [refusal] = refusals.lasting;
    const what = refusal ? `, ${describeRefusal(refusal)}` : ' does not answer';
    throw new StartError(`Redis at ${places}${what}`, { cause });
  }
  report(clients.publisher, 'publisher', logger);
  report(clients.subscriber, 'subscriber', logger);
  return clients;
}

function ofOne(settings: Settings, url: string, refusals: RedisRefusals): RedisClients {
  const { redisAdapter, redisCommandTimeoutMs } = settings;
  const options: Options = { ...common, ...deadAfter(settings), ...sentinelsOf(settings, url), retryStrategy };
  const commandTimeout = redisCommandTimeoutMs;
  const connect = (own: Options) => refusals.watched(new Redis(url, { ...options, ...own }));
  const publisher = connect({ ...failFast, commandTimeout });
  switch (redisAdapter) {
    case 'classic': {
      const subscriber = new ClassicSubscriber(connect({ autoResubscribe: false, maxRetriesPerRequest: null }));
      return { adapter: redisAdapter, publisher, subscriber, refusals };
    }
    case 'sharded': {
      const shards = { slotOf: () => 0, placeOf: () => url };
      const subscriber = new ShardedSubscriber(shards, () => connect(shardOptions), commandTimeout);
      return { adapter: redisAdapter, publisher, subscriber, refusals };
    }
  }
}

function ofCluster(settings: Settings, urls: readonly string[], refusals: RedisRefusals): RedisClients {
  const { redisAdapter, redisCommandTimeoutMs } = settings;
  const nodes = urls.map(placeOf);
  const redisOptions = { connectTimeout: common.connectTimeout, ...deadAfter(settings), ...credentialsOf(urls[0]) };
  const options: ClusterOptions = {
    lazyConnect: true,
    clusterRetryStrategy: retryStrategy,
    slotsRefreshInterval: slotsRefreshIntervalMs,
  };
  const publisher = refusals.watched(
    new Cluster(nodes, {
      ...options,
      enableOfflineQueue: false,
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      redisOptions: { ...redisOptions, commandTimeout: redisCommandTimeoutMs },
    }),
  );
  connectNodesAtOnce(publisher);
  switch (redisAdapter) {
    case 'classic': {
      const subscriber = new ClassicSubscriber(refusals.watched(new Cluster(nodes, { ...options, redisOptions })));
      return { adapter: redisAdapter, publisher, subscriber, refusals };
    }
    case 'sharded': {
      const connect = (place: string) =>
        refusals.watched(new Redis(`redis://${place}`, { ...shardOptions, ...redisOptions }));
      const subscriber = new ShardedSubscriber(shardsOf(publisher), connect, redisCommandTimeoutMs);
      publisher.on(
        'refresh',
        guardedListener('redis', () => subscriber.follow()),
      );
      return { adapter: redisAdapter, publisher, subscriber, refusals };
    }
  }
}

const placeOf = (url: string) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });

/** They are asked for the master with each new connection, and a Redis that is none is left at once. */
function sentinelsOf({ redisSentinels }: Settings, url: string): Options {
  if (!redisSentinels) return {};
  const { username, password, tls } = credentialsOf(redisSentinels[0]);
  return {
    sentinels: redisSentinels.map(placeOf),
    name: new URL(url).hostname,
    ...(username !== undefined && { sentinelUsername: username }),
    ...(password !== undefined && { sentinelPassword: password }),
    ...(tls && { sentinelTLS: tls }),
    enableTLSForSentinelMode: new URL(url).protocol === 'rediss:',
    sentinelRetryStrategy: retryStrategy,
  };
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
