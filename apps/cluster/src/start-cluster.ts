import {
  type Fleet,
  type NginxPart,
  type Part,
  type RedisPart,
  type ReplicaPart,
  type Store,
  checkNginxSettings,
  freePort,
  migrate,
  obstacleTo,
  replica,
  startNginx,
  startRedis,
  startStore,
} from '@roost/local-cluster';
import type { DataFolder } from './data-folder.js';
import type { ClusterOptions } from './options.mjs';
import { copyPage } from './page.js';
import { say, step } from './progress.js';
import { Refused } from './refused.js';
import { nginxSettings, replicaEnv, scheme } from './replica-env.js';

/** Everything that runs. */
export interface Cluster extends Fleet {
  store: Store;
  redis: RedisPart;
  nginx: NginxPart;
  /** Brings the database to what the replicas of the present build need. */
  migrate: () => Promise<void>;
  /** For a browser on this machine. */
  url: string;
}

const defaultPort = 8080;

/** Starts all parts, at once those that need nothing of each other. Fails with the first part's `PartFailed`. */
export async function startCluster(options: ClusterOptions, data: DataFolder): Promise<Cluster> {
  const logDir = data.logs;
  checkNginxSettings(data.nginx, nginxSettings(process.env));
  const port = await publicPort(options.port);
  const [store, redis] = await Promise.all([
    step('store', () => startStore({ dir: data.store, logDir }), whichStore),
    step('redis', () => startRedis({ dir: data.redis, logDir }), whereItIs),
  ]);
  const env = replicaEnv({ store, redis, port, jwtSecret: data.jwtSecret });
  const migration = { dir: logDir, env };
  await step(
    'database',
    () => migrate(migration),
    () => 'has what the replicas need',
  );
  const create: Fleet['create'] = async (number) =>
    replica({ name: `chat-${number}`, port: await freePort(), dir: logDir, env });
  const replicas = await Promise.all(Array.from({ length: options.replicas }, (_, i) => startReplica(create, i + 1)));
  copyPage(data);
  const replicaPorts = replicas.map((part) => part.port);
  const settings = nginxSettings(env);
  const front = { dir: data.nginx, logDir, port, replicaPorts, webRoot: data.page, settings };
  const nginx = await step('nginx', () => startNginx(front), whereItIs);
  return {
    store,
    redis,
    replicas,
    create,
    nginx,
    migrate: () => migrate(migration),
    url: `${scheme(env)}://localhost:${port}`,
  };
}

async function startReplica(create: Fleet['create'], number: number): Promise<ReplicaPart> {
  const part = await create(number);
  await step(
    part.name,
    () => part.start(),
    () => whereItIs(part),
  );
  return part;
}

async function publicPort(asked: number | undefined): Promise<number> {
  const port = asked ?? defaultPort;
  const obstacle = await obstacleTo(port);
  if (obstacle === undefined) return port;
  if (asked !== undefined) throw new Refused(`port ${asked} ${obstacle}; choose another with --port`);
  const free = await freePort();
  say(`  port ${defaultPort} ${obstacle}: taking ${free}`);
  return free;
}

function whereItIs({ url, pid }: Part & { url: string }): string {
  return `${url} (process ${pid})`;
}

function whichStore(store: Store): string {
  switch (store.kind) {
    case 'given':
      return 'MongoDB from MONGODB_URI';
    case 'mongod':
      return `mongod of this machine, a replica set of one (process ${store.part.pid})`;
    case 'embedded':
      return `embedded server: for trying and testing, production uses MongoDB (process ${store.part.pid})`;
  }
}
