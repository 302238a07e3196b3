import {
  type NginxPart,
  type Part,
  type RedisPart,
  type ReplicaPart,
  type Store,
  freePort,
  isFree,
  replica,
  startNginx,
  startRedis,
  startStore,
} from '@roost/local-cluster';
import type { DataFolder } from './data-folder.js';
import type { ClusterOptions } from './options.js';
import { copyPage } from './page.js';
import { step } from './progress.js';

/** Everything that runs. */
export interface Cluster {
  store: Store;
  redis: RedisPart;
  replicas: ReplicaPart[];
  nginx: NginxPart;
  /** For a browser on this machine. */
  url: string;
}

const defaultPort = 8080;

/** Starts all parts, those that need nothing of each other at once. Fails with the first part's `PartFailed`. */
export async function startCluster(options: ClusterOptions, data: DataFolder): Promise<Cluster> {
  const logDir = data.logs;
  const port = await publicPort(options.port);
  const [store, redis] = await Promise.all([
    step('store', () => startStore({ dir: data.store, logDir }), storeSentence),
    step(
      'redis',
      () => startRedis({ dir: data.redis, logDir }),
      ({ url }) => url,
    ),
  ]);
  const env = replicaEnv({ store, redis, port, jwtSecret: data.jwtSecret });
  const replicas = await Promise.all(
    Array.from({ length: options.replicas }, async (_, i) =>
      replica({ name: `chat-${i + 1}`, port: await freePort(), dir: logDir, env }),
    ),
  );
  await Promise.all(
    replicas.map((part) =>
      step(
        part.name,
        () => part.start(),
        () => part.url,
      ),
    ),
  );
  copyPage(data);
  const replicaPorts = replicas.map((part) => part.port);
  const nginx = await step(
    'nginx',
    () => startNginx({ dir: data.nginx, logDir, port, replicaPorts, webRoot: data.page }),
    ({ url }) => url,
  );
  return { store, redis, replicas, nginx, url: `http://localhost:${port}` };
}

/** Stops what is in front first, so that nobody talks to a part that has gone, and the store last; within 10 s. */
export async function stopCluster(
  { store, redis, replicas, nginx }: Cluster,
  say: (line: string) => void,
): Promise<void> {
  const order: Part[][] = [[nginx], replicas, [redis], store.part ? [store.part] : []];
  for (const parts of order) {
    await Promise.all(parts.map((part) => part.stop({ timeoutMs: part === nginx ? 1_000 : 3_000 })));
    if (parts.length > 0) say(`  stopped ${parts.map(({ name }) => name).join(', ')}`);
  }
}

/** Ends every process of the cluster now. */
export async function killCluster({ store, redis, replicas, nginx }: Cluster): Promise<void> {
  const parts: Part[] = [nginx, ...replicas, redis, ...(store.part ? [store.part] : [])];
  await Promise.all(parts.map((part) => part.kill()));
}

async function publicPort(asked: number | undefined): Promise<number> {
  const port = asked ?? defaultPort;
  if (await isFree(port)) return port;
  if (asked !== undefined) throw new Error(`port ${asked} is taken by another program; choose another with --port`);
  const free = await freePort();
  console.log(`  port ${defaultPort} is taken by another program: taking ${free}`);
  return free;
}

interface Places {
  store: Store;
  redis: RedisPart;
  port: number;
  jwtSecret: string;
}

/** Settings in this process's own environment reach the replicas; where the stores are, the cluster knows better. */
function replicaEnv({ store, redis, port, jwtSecret }: Places): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...Object.fromEntries(inherited),
    NODE_ENV: process.env.NODE_ENV ?? 'production',
    MONGODB_URI: store.uri,
    REDIS_URL: redis.url,
    JWT_SECRET: jwtSecret,
    FRONTEND_URL: process.env.FRONTEND_URL ?? `http://localhost:${port},http://127.0.0.1:${port}`,
  };
}

function storeSentence({ kind }: Store): string {
  switch (kind) {
    case 'given':
      return 'MongoDB from MONGODB_URI';
    case 'mongod':
      return 'mongod of this machine, a replica set of one';
    case 'embedded':
      return 'embedded server: for trying and testing, production uses MongoDB';
  }
}
