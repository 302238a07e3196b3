import { expect, it } from 'vitest';
import { describeSettings } from './describe.js';
import { loadSettings } from './load.js';
import { redactUrl } from './redact.js';

it.each([
  ['mongodb://db-1:27017,db-2:27017/roost?replicaSet=rs0', 'mongodb://db-1:27017,db-2:27017/roost?replicaSet=rs0'],
  ['mongodb://ada:pa55@db/roost?authSource=admin', 'mongodb://***@db/roost?authSource=admin'],
  ['mongodb+srv://ada:p@/55@db/roost', 'mongodb+srv://***@db/roost'],
  ['redis://:pa55@redis:6379/1', 'redis://***@redis:6379/1'],
  ['redis://redis:6379?password=pa55&db=1', 'redis://redis:6379?password=***&db=1'],
  ['ada:pa55@redis', '***@redis'],
])('%s may be shown as %s', (url, shown) => {
  expect(redactUrl(url)).toBe(shown);
});

it('nodes of a Redis Cluster are in the start-up line without credentials', () => {
  const settings = loadSettings({
    JWT_SECRET: 'pa55'.repeat(10),
    MONGODB_URI: 'mongodb://db/roost',
    REDIS_CLUSTER_NODES: 'redis://ada:pa55@redis-1:6379,redis-2:6379',
    FRONTEND_URL: 'https://chat.example.org',
  });
  expect(describeSettings(settings)['redisClusterNodes']).toEqual(['redis://***@redis-1:6379', 'redis://redis-2:6379']);
});

it.each([{ JWT_SECRET: 'pa55'.repeat(10) }, { JWT_SECRETS: `${'pa55'.repeat(10)},${'pa55'.repeat(11)}` }])(
  'the settings of the start-up line carry no secret',
  (secrets) => {
    const settings = loadSettings({
      ...secrets,
      MONGODB_URI: 'mongodb://ada:pa55@db/roost',
      REDIS_URL: 'redis://:pa55@redis',
      FRONTEND_URL: 'https://chat.example.org',
    });
    const line = JSON.stringify(describeSettings(settings));
    expect(line).not.toContain('pa55');
    expect(line).toContain('"mongodbUri":"mongodb://***@db/roost"');
  },
);
