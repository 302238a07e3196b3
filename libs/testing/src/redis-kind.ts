/** What may carry facts between replicas: an adapter, over one Redis or the nodes of a Redis Cluster. */
export const redisKinds = {
  classic: { adapter: 'classic', nodes: 1 },
  sharded: { adapter: 'sharded', nodes: 1 },
  'classic-cluster': { adapter: 'classic', nodes: 3 },
  'sharded-cluster': { adapter: 'sharded', nodes: 3 },
} as const;

export type RedisKind = keyof typeof redisKinds;

/** That of a test which does not say, so that the same tests can be run over each: `TEST_REDIS`, or the default of Roost. */
export function redisKindOfTests(): RedisKind {
  const name = process.env['TEST_REDIS'] ?? 'classic';
  if (isRedisKind(name)) return name;
  throw new Error(`TEST_REDIS: ${name} is not one of ${Object.keys(redisKinds).join(', ')}`);
}

const isRedisKind = (name: string): name is RedisKind => Object.hasOwn(redisKinds, name);
