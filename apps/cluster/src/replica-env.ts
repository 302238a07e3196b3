import type { RedisPart, Store } from '@roost/local-cluster';

/** Where a replica finds what it needs, and who may call it. */
export interface Surroundings {
  store: Store;
  redis: RedisPart;
  /** The public port, whose page may call with credentials. */
  port: number;
  jwtSecret: string;
}

/**
 * Settings in this process's own environment reach the replicas, so that a misspelt one is refused there as anywhere;
 * where the stores are, the cluster knows better.
 */
export function replicaEnv({ store, redis, port, jwtSecret }: Surroundings): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    NODE_ENV: 'production',
    FRONTEND_URL: `http://localhost:${port},http://127.0.0.1:${port}`,
    ...Object.fromEntries(inherited),
    MONGODB_URI: store.uri,
    REDIS_URL: redis.url,
    JWT_SECRET: jwtSecret,
  };
}
