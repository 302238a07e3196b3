import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import type { RedisClient } from './redis-nodes.js';

/** What a Redis says that it is: a master with the history of its data, a replica of another, or nothing that is understood. */
export type RedisRole =
  | { readonly kind: 'master'; readonly history: string }
  | { readonly kind: 'replica'; readonly of: string }
  | { readonly kind: 'unknown' };

/** The client of a Redis Cluster follows its masters by itself. */
export async function roleOf(client: RedisClient): Promise<RedisRole> {
  return client instanceof Cluster ? { kind: 'unknown' } : roleIn(await client.info('replication'));
}

/**
 * Where the address, or Sentinel, leads to now: asked on a connection of its own, for those that are open stay where they are.
 *
 * @throws where it leads nowhere
 */
export async function roleAtAddress(client: Redis): Promise<RedisRole> {
  const scout = client.duplicate({
    lazyConnect: true,
    retryStrategy: null,
    sentinelRetryStrategy: () => null,
    reconnectOnError: null,
  });
  scout.on('error', toldByRejection);
  try {
    await scout.connect();
    return await roleOf(scout);
  } finally {
    scout.disconnect();
  }
}

/** @param info what INFO says of replication */
export function roleIn(info: string): RedisRole {
  const fieldOf = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const role = fieldOf('role');
  if (role === 'master') return { kind: 'master', history: fieldOf('master_replid') ?? '' };
  if (role === 'slave') return { kind: 'replica', of: `${fieldOf('master_host')}:${fieldOf('master_port')}` };
  return { kind: 'unknown' };
}

/** Without a listener ioredis writes it into the log, in lines that are none of the log's. */
const toldByRejection = () => undefined;
