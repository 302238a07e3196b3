import { StartError } from '@roost/observability';
import { redactUrl } from '@roost/settings';
import type { Settings } from '@roost/settings';
import { Cluster, Redis } from 'ioredis';
import type { ClusterOptions, RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { guardPublisher, guardSubscriber } from './redis-guards.js';
import type { Confirmed } from './redis-guards.js';
import { connectNodesAtOnce } from './redis-nodes.js';
import type { RedisClient } from './redis-nodes.js';

export interface RedisClients {
  /** Fails fast; what it is given to publish and Redis does not take now is dropped and counted. */
  readonly publisher: RedisClient;
  /** Comes back after any outage and subscribes again to all there was. */
  readonly subscriber: RedisClient;
  readonly confirmed: Confirmed;
}

/** Back in at most a second after Redis is: an outage should not last longer here than there. */
const retryStrategy = (attempt: number) => Math.min(attempt * 100, 1000);
/** How often the map of a Redis Cluster is read, so that a failover is noticed without traffic too. */
const slotsRefreshIntervalMs = 2000;

const common = { lazyConnect: true, connectTimeout: 2000 } as const;
type Options = RedisOptions & { replyMapping?: 'legacy' };

/**
 * Connects both clients, within STORES_START_TIMEOUT_MS.
 *
 * @throws StartError that says where Redis was looked for
 */
export async function connectRedis(settings: Settings, logger: Logger): Promise<RedisClients> {
  const { redisClusterNodes, redisUrl = '', redisCommandTimeoutMs } = settings;
  const [publisher, subscriber] = redisClusterNodes
    ? ofCluster(settings, redisClusterNodes)
    : ofOne(settings, redisUrl);
  guardPublisher(publisher);
  const confirmed = guardSubscriber(subscriber, redisCommandTimeoutMs, logger);
  const clients = { publisher, subscriber, confirmed };
  try {
    await Promise.all([publisher, subscriber].map((client) => ready(client, settings.storesStartTimeoutMs)));
  } catch (cause) {
    closeRedis(clients);
    const places = redisClusterNodes?.map(redactUrl).join(', ') ?? redactUrl(redisUrl);
    throw new StartError(`Redis does not answer at ${places}`, { cause });
  }
  for (const [name, client] of Object.entries({ publisher, subscriber })) report(client, name, logger);
  return clients;
}

/** Publisher and subscriber. The commands of a subscriber wait for the connection; those of a publisher never do. */
function ofOne({ redisCommandTimeoutMs }: Settings, url: string): [Redis, Redis] {
  const options: Options = { ...common, retryStrategy };
  const failFast = { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: redisCommandTimeoutMs };
  return [new Redis(url, { ...options, ...failFast }), new Redis(url, { ...options, maxRetriesPerRequest: null })];
}

function ofCluster(settings: Settings, urls: readonly string[]): [Cluster, Cluster] {
  const nodes = urls.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }));
  const redisOptions = { connectTimeout: common.connectTimeout, ...credentialsOf(urls[0]) };
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
    redisOptions: { ...redisOptions, commandTimeout: settings.redisCommandTimeoutMs },
  });
  connectNodesAtOnce(publisher);
  const shardedSubscribers = settings.redisAdapter === 'sharded';
  return [publisher, new Cluster(nodes, { ...options, shardedSubscribers, redisOptions })];
}

function credentialsOf(url = ''): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  const { protocol, username, password } = new URL(url);
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}

/** Subscribes again to what broadcasts of the classic adapter come through, where only the subscription is lost. */
export async function resubscribe(subscriber: RedisClient, keyPrefix: string): Promise<void> {
  await subscriber.psubscribe(`${keyPrefix}#/#*`);
  await subscriber.subscribe(`${keyPrefix}-request#/#`);
}

export function closeRedis({ publisher, subscriber }: RedisClients): void {
  publisher.disconnect();
  subscriber.disconnect();
}

/** `connect()` rejects at the first refusal while the client goes on trying: wait for `ready`, for a bounded time. */
function ready(client: RedisClient, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let last: Error | undefined;
    const remember = (error: Error) => (last = error);
    const timer = setTimeout(() => reject(last ?? new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    client.on('error', remember);
    client.once('ready', () => {
      clearTimeout(timer);
      client.off('error', remember);
      resolve();
    });
    client.connect().catch(remember);
  });
}

/** One line when Redis goes and one when it is back, not one an attempt. */
function report(client: RedisClient, name: string, logger: Logger): void {
  let isAway = false;
  client.on('error', (err: Error) => {
    // One node of several: what it means for delivery is found out by the canaries.
    if (client.status === 'ready') return;
    if (!isAway) logger.warn({ err, client: name }, 'redis is away');
    isAway = true;
  });
  client.on('close', () => {
    if (!isAway && client.status !== 'end') logger.warn({ client: name }, 'redis closed the connection');
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) logger.info({ client: name }, 'redis is back');
    isAway = false;
  });
}
