/** What every replica of ours is started with, beside its port and name. */
export interface ReplicaPlaces {
  readonly mongoUri: string;
  readonly redisUrl: string;
  readonly jwtSecret: string;
  /** Apart from other clusters on the same Redis. */
  readonly realm: string;
}

/** Production's defaults, but for what lets thousands of accounts be made in seconds; clients stay where a scenario puts them. */
export function productionSettings({ mongoUri, redisUrl, jwtSecret, realm }: ReplicaPlaces): Record<string, string> {
  return {
    NODE_ENV: 'production',
    MONGODB_URI: mongoUri,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: realm,
    JWT_SECRET: jwtSecret,
    FRONTEND_URL: 'http://localhost',
    ACCESS_TOKEN_TTL_SECONDS: '86400',
    ARGON2_MEMORY_KIB: '8',
    ARGON2_PASSES: '1',
    REGISTRATIONS_PER_ADDRESS: '0',
    BALANCE_MOVES_PER_S: '0',
  };
}

/** For what a replica can do, rather than what one person may ask of it. */
export const unlimited = { SENDS_PER_S: '0', COMMANDS_PER_S: '0', HINTS_PER_S: '0', ACCEPTS_PER_S: '0' } as const;

/** Of the bare server, see `bare-server.ts`. */
export function bareSettings(name: 'bare' | 'corked', redisUrl: string): Record<string, string> {
  return { REDIS_URL: redisUrl, REDIS_KEY: name, CORKED: String(name === 'corked') };
}
