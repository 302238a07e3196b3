import { metrics, StartError } from '@roost/observability';
import { redactUrl } from '@roost/settings';
import type { Settings } from '@roost/settings';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

/** Back in at most a second after Redis is: an outage should not last longer here than there. */
const retryStrategy = (attempt: number) => Math.min(attempt * 100, 1000);

/**
 * A publisher that fails fast and never rejects: what Redis does not take now is dropped and counted. The adapter does
 * not catch what `publish` rejects, so with a plain client an outage ends the process; with an unbounded queue it
 * floods everybody with old facts when it ends. Clients notice by `seq` and ask.
 */
class GuardedPublisher extends Redis {
  override publish(...args: Parameters<Redis['publish']>): Promise<number> {
    return super.publish(...args).catch(() => {
      metrics.publishDroppedTotal.inc();
      return 0;
    });
  }
}

export interface RedisClients {
  readonly publisher: Redis;
  readonly subscriber: Redis;
}

type Options = RedisOptions & { replyMapping?: 'legacy' };

/**
 * Connects both clients, within STORES_START_TIMEOUT_MS.
 *
 * @throws StartError that says where Redis was looked for
 */
export async function connectRedis(settings: Settings, logger: Logger): Promise<RedisClients> {
  const common: Options = { lazyConnect: true, connectTimeout: 2000, retryStrategy };
  const publisher = new GuardedPublisher(settings.redisUrl, {
    ...common,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: settings.redisCommandTimeoutMs,
  });
  // A subscriber always comes back and subscribes again: its commands wait for the connection.
  const subscriber = new Redis(settings.redisUrl, { ...common, maxRetriesPerRequest: null });
  const clients = { publisher, subscriber };
  try {
    await Promise.all(Object.values(clients).map((client) => ready(client, settings.storesStartTimeoutMs)));
  } catch (cause) {
    closeRedis(clients);
    throw new StartError(`Redis does not answer at ${redactUrl(settings.redisUrl)}`, { cause });
  }
  for (const [name, client] of Object.entries(clients)) report(client, name, logger);
  return clients;
}

/** Subscribes again to what broadcasts come through, where the connection lives and the subscription may not. */
export async function resubscribe(subscriber: Redis, keyPrefix: string): Promise<void> {
  await subscriber.psubscribe(`${keyPrefix}#/#*`);
  await subscriber.subscribe(`${keyPrefix}-request#/#`);
}

export function closeRedis({ publisher, subscriber }: RedisClients): void {
  publisher.disconnect();
  subscriber.disconnect();
}

/** `connect()` rejects at the first refusal while the client goes on trying: wait for `ready`, for a bounded time. */
function ready(client: Redis, timeoutMs: number): Promise<void> {
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
function report(client: Redis, name: string, logger: Logger): void {
  let isAway = false;
  client.on('error', (err) => {
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
