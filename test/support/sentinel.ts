import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, Part } from '@roost/local-cluster';
import type { RedisPart } from '@roost/local-cluster';
import { Redis } from 'ioredis';

/** A Sentinel that decides alone, soon, and knows a master with its replica by the name `mymaster`. */
export async function startSentinel(
  dir: string,
  master: RedisPart,
  replica: RedisPart,
): Promise<{ part: Part; port: number }> {
  const port = await freePort();
  mkdirSync(dir, { recursive: true });
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor mymaster 127.0.0.1 ${master.port} 1`,
    `sentinel known-replica mymaster 127.0.0.1 ${replica.port}`,
    'sentinel down-after-milliseconds mymaster 1000',
    'sentinel failover-timeout mymaster 3000',
  ];
  writeFileSync(join(dir, 'sentinel.conf'), lines.join('\n'));
  const part = new Part({
    name: 'sentinel',
    command: 'redis-server',
    args: ['sentinel.conf', '--sentinel'],
    env: { PATH: process.env['PATH'] ?? '' },
    cwd: dir,
    logFile: join(dir, 'sentinel.log'),
    isReady: async () => (await replicasKnown(port)) || 'it does not know the replica of the master yet',
    readyTimeoutMs: 30_000,
  });
  await part.start();
  // It would look after the two only every ten seconds.
  await asked(port, 'SENTINEL', 'DEBUG', 'INFO-PERIOD', '300', 'PUBLISH-PERIOD', '300', 'PING-PERIOD', '300');
  return { part, port };
}

/** What a Redis or a Sentinel answers to one command. */
export async function asked(port: number, command: string, ...args: string[]): Promise<unknown> {
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: null, lazyConnect: true });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}

async function replicasKnown(port: number): Promise<boolean> {
  const replicas = await asked(port, 'SENTINEL', 'REPLICAS', 'mymaster').catch(() => []);
  return Array.isArray(replicas) && replicas.length > 0;
}
