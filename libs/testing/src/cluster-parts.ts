import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, migrate, replica, startNginx, startRedis, startRedisCluster } from '@roost/local-cluster';
import type { Fleet, RedisPart, ReplicaPart, Store } from '@roost/local-cluster';
import { startLink } from './link/link.js';
import type { Link } from './link/link.js';
import { startMigratedStore } from './migrated-store.js';
import { hostOf, throughPort } from './mongo-address.js';
import { redisKindOfTests, redisKinds } from './redis-kind.js';
import type { RedisKind } from './redis-kind.js';

export interface ClusterOptions {
  /** How many; default 1. */
  readonly replicas?: number;
  /** What carries facts between replicas; default is that of all tests. */
  readonly redis?: RedisKind;
  /** Puts nginx in front, with the configuration `npm start` uses. */
  readonly nginx?: boolean;
  /** Settings of every replica, over those that make tests quick. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Options of Node itself for every replica. */
  readonly nodeArgs?: readonly string[];
  /** A quota for the store, which is the embedded one then. */
  readonly storeMaxBytes?: number;
  /** Puts a connection that can be cut between the replicas and MongoDB, for `mongo.stop`. */
  readonly mongoLink?: boolean;
  /** Gives each replica a connection of its own to Redis that can be cut, for `redis.linkOf`. Not with a Redis Cluster. */
  readonly redisLinks?: boolean;
}

/** Everything of a cluster that runs, and where. */
export interface ClusterParts extends Fleet {
  readonly dir: string;
  /** Signs access tokens. */
  readonly secret: string;
  /** Of every replica that has no link to Redis of its own; what is changed holds from its next start on. */
  readonly settings: Record<string, string>;
  /** The only Redis, or the first node of the Redis Cluster. */
  readonly redis: RedisPart;
  /** All of them. */
  readonly redisNodes: readonly RedisPart[];
  readonly store: Store;
  /** The cluster's own database, reached without the link. */
  readonly databaseUri: string;
  readonly mongoLink: Link | undefined;
  /** One for each replica that the cluster began with, in their order. */
  readonly redisLinks: readonly Link[];
}

/** Longest wait for a replica that starts beside many others. */
const readyTimeoutMs = 60_000;

/** Hashing a password as cheaply as Argon2 allows: tests register many people and protect none. */
const quickSettings = {
  NODE_ENV: 'test',
  ARGON2_MEMORY_KIB: '8',
  ARGON2_PASSES: '1',
  LOG_LEVEL: 'info',
  STORES_START_TIMEOUT_MS: String(readyTimeoutMs),
};

/** Starts all parts, stores first; where one fails, those that run are stopped and the error says why. */
export async function startParts(options: ClusterOptions): Promise<ClusterParts> {
  const dir = mkdtempSync(join(tmpdir(), 'roost-test-'));
  const running: Stoppable[] = [];
  const started: Started = (part) => {
    running.push(part);
    return part;
  };
  try {
    return await startInOrder(dir, options, started);
  } catch (error) {
    await Promise.all(running.map((part) => part.stop()));
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

interface Stoppable {
  stop(): Promise<unknown>;
}

type Started = <P extends Stoppable>(part: P) => P;

async function startInOrder(dir: string, options: ClusterOptions, started: Started): Promise<ClusterParts> {
  const { adapter, nodes } = redisKinds[options.redis ?? redisKindOfTests()];
  if (options.redisLinks && nodes > 1) throw new Error('a link leads to one Redis, not to the nodes of a cluster');
  const redisNodes = await startRedises(join(dir, 'redis'), nodes, started);
  const [redis] = redisNodes;
  const secret = randomBytes(32).toString('hex');
  const ofRedis = { REDIS_ADAPTER: adapter, ...redisSettings(redisNodes) };
  const settings = { ...quickSettings, JWT_SECRET: secret, ...ofRedis, ...options.settings };
  const { store, databaseUri } = await startMigratedStore({
    dir: join(dir, 'store'),
    maxBytes: options.storeMaxBytes,
    migrate: (uri) => migrate({ dir, env: { ...settings, MONGODB_URI: uri } }),
  });
  if (store.part) started(store.part);
  const mongoLink = options.mongoLink ? await startLink(hostOf(databaseUri)) : undefined;
  if (mongoLink) started({ stop: () => mongoLink.cut() });
  const count = options.replicas ?? 1;
  const redisLinks = options.redisLinks ? await startLinks(count, redis.port, started) : [];
  const env = { ...settings, MONGODB_URI: mongoLink ? throughPort(databaseUri, mongoLink.port) : databaseUri };
  const create: Fleet['create'] = async (number) => {
    const link = redisLinks[number - 1];
    const ownEnv = link ? { ...env, REDIS_URL: `redis://127.0.0.1:${link.port}` } : env;
    const { nodeArgs = [] } = options;
    const name = `replica-${number}`;
    return replica({ name, port: await freePort(), dir, env: ownEnv, nodeArgs: [...nodeArgs], readyTimeoutMs });
  };
  const replicas = await startReplicas(count, create, started);
  const replicaPorts = replicas.map(({ port }) => port);
  const nginx = options.nginx ? started(await startNginx({ dir: join(dir, 'nginx'), replicaPorts })) : undefined;
  return {
    dir,
    secret,
    settings: env,
    redis,
    redisNodes,
    store,
    databaseUri,
    mongoLink,
    redisLinks,
    replicas,
    create,
    nginx,
  };
}

type RedisParts = readonly [RedisPart, ...RedisPart[]];

async function startRedises(dir: string, nodes: number, started: Started): Promise<RedisParts> {
  if (nodes === 1) return [started(await startRedis({ dir }))];
  const [first, ...others] = await startRedisCluster({ dir, nodes });
  if (!first) throw new Error('a Redis Cluster without nodes');
  return [started(first), ...others.map(started)];
}

function redisSettings([first, ...others]: RedisParts): Record<string, string> {
  if (others.length === 0) return { REDIS_URL: first.url };
  return { REDIS_CLUSTER_NODES: [first, ...others].map(({ port }) => `127.0.0.1:${port}`).join() };
}

/** All at once. Where one fails the others are waited for, so that none is forgotten while it starts. */
async function startReplicas(count: number, create: Fleet['create'], started: Started): Promise<ReplicaPart[]> {
  const starts = Array.from({ length: count }, async (_, index) => {
    const part = await create(index + 1);
    await part.start();
    return started(part);
  });
  await Promise.allSettled(starts);
  return Promise.all(starts);
}

function startLinks(count: number, port: number, started: Started): Promise<Link[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const link = await startLink({ host: '127.0.0.1', port });
      started({ stop: () => link.cut() });
      return link;
    }),
  );
}

/** Stops all parts, those first that use the others. What they wrote stays. */
export async function stopParts({
  nginx,
  replicas,
  mongoLink,
  redisLinks,
  redisNodes,
  store,
}: ClusterParts): Promise<void> {
  await nginx?.stop();
  await Promise.all(replicas.map((part) => part.stop()));
  await Promise.all([mongoLink?.cut(), ...redisLinks.map((link) => link.cut())]);
  await Promise.all([store.part?.stop(), ...redisNodes.map((node) => node.stop())]);
}
