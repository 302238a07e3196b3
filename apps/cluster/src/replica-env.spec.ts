import type { RedisPart, Store } from '@roost/local-cluster';
import { afterEach, expect, test, vi } from 'vitest';
import { replicaEnv } from './replica-env.js';

afterEach(() => void vi.unstubAllEnvs());

const store = { uri: 'mongodb://127.0.0.1/roost' } as Store;
const redis = { url: 'redis://127.0.0.1' } as RedisPart;
const secretsOf = (env: Record<string, string>) => {
  for (const name of ['JWT_SECRET', 'JWT_SECRETS']) vi.stubEnv(name, env[name]);
  const { JWT_SECRET, JWT_SECRETS } = replicaEnv({ store, redis, port: 8080, jwtSecret: env['JWT_SECRET'] ?? 'kept' });
  return { ...(JWT_SECRET && { JWT_SECRET }), ...(JWT_SECRETS && { JWT_SECRETS }) };
};

test.each([
  ['none is given', {}, { JWT_SECRET: 'kept' }],
  ['one is given', { JWT_SECRET: 'one' }, { JWT_SECRET: 'one' }],
  ['several are given', { JWT_SECRETS: 'one,two' }, { JWT_SECRETS: 'one,two' }],
  [
    'both are, for replicas to refuse',
    { JWT_SECRET: 'one', JWT_SECRETS: 'two' },
    { JWT_SECRET: 'one', JWT_SECRETS: 'two' },
  ],
])('the secret of replicas where %s', (_title, given, passed) => expect(secretsOf(given)).toEqual(passed));
