import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { redisClusterReady, startRedis, startRedisCluster } from '../src/index.js';
import { temporaryFolder } from './support/toys.js';

const { dir, remove } = temporaryFolder();
afterAll(remove);

test('stopped and started again it is on the same port and empty', async () => {
  const redis = await startRedis({ dir: join(dir, 'empty') });
  expect(await withClient(redis.url, (client) => client.set('name', 'Ada'))).toBe('OK');
  await redis.stop();
  await redis.start();
  expect(await withClient(redis.url, (client) => client.get('name'))).toBeNull();
  await redis.stop();
});

test('a port that another Redis has is not taken for ours', async () => {
  const first = await startRedis({ dir: join(dir, 'first') });
  await expect(startRedis({ dir: join(dir, 'second'), port: first.port })).rejects.toThrow(
    /redis ended before it was ready/,
  );
  await first.kill();
});

test('a Redis Cluster is whole when it has started, and again when a node was away', async () => {
  const nodes = await startRedisCluster({ dir: join(dir, 'cluster'), nodes: 3 });
  const shards = () => withClient(nodes[0]!.url, (client) => client.call('CLUSTER', 'SHARDS'));
  expect(await shards()).toHaveLength(3);
  await nodes[2]!.stop();
  await nodes[2]!.start();
  await redisClusterReady(nodes);
  expect(await shards()).toHaveLength(3);
  await Promise.all(nodes.map((node) => node.stop()));
});

async function withClient<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}
