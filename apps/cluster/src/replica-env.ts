import { resolve } from 'node:path';
import type { NginxSettings, RedisPart, Store } from '@roost/local-cluster';

/** Where a replica finds what it needs, and who may call it. */
export interface Surroundings {
  store: Store;
  redis: Pick<RedisPart, 'url'>;
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
    FRONTEND_URL: ['localhost', '127.0.0.1'].map((host) => `${scheme(process.env)}://${host}:${port}`).join(),
    ...(onlyThisMachine() && { REGISTRATIONS_PER_ADDRESS: '0' }),
    ...Object.fromEntries(inherited),
    MONGODB_URI: store.uri,
    REDIS_URL: redis.url,
    // Beside JWT_SECRETS one would be refused.
    ...(!process.env.JWT_SECRETS && { JWT_SECRET: jwtSecret }),
  };
}

/** What nginx takes of the same. Paths are relative to where `npm start` was called. */
export function nginxSettings(env: Partial<Record<string, string>>): NginxSettings {
  const { FRONTEND_URL, TRUSTED_PROXIES, TLS_IN_FRONT, TLS_CERT, TLS_KEY } = env;
  return {
    ...(FRONTEND_URL && { FRONTEND_URL }),
    ...(TRUSTED_PROXIES && { TRUSTED_PROXIES }),
    ...(TLS_IN_FRONT && { TLS_IN_FRONT }),
    ...(TLS_CERT && { TLS_CERT: resolve(TLS_CERT) }),
    ...(TLS_KEY && { TLS_KEY: resolve(TLS_KEY) }),
  };
}

/** What the public port speaks. */
export const scheme = ({ TLS_CERT }: Partial<Record<string, string>>): 'http' | 'https' =>
  TLS_CERT ? 'https' : 'http';

/** nginx listens on 127.0.0.1, so nobody else comes in, unless through a proxy; who tries things out registers often. */
function onlyThisMachine(): boolean {
  return !process.env.TRUSTED_PROXIES;
}
