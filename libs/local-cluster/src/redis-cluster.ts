import { join } from 'node:path';
import { reasonOf } from './errors.js';
import { freePort } from './free-port.js';
import { converse } from './probes.js';
import { startRedis, type RedisPart } from './redis.js';
import { waitUntil } from './wait-until.js';

const slotCount = 16_384;
/** The nodes have to meet, and a new one holds back for 2 s before it takes part. */
const readyTimeoutMs = 20_000;

export interface RedisClusterOptions {
  /** A folder in which each node gets its own. */
  dir: string;
  /** Folder for the logs; that of each node where absent. */
  logDir?: string;
  /** Masters; the slots are shared evenly, nothing is replicated. At least three make a cluster. */
  nodes: number;
}

/** Starts a Redis Cluster on 127.0.0.1 and waits until every node says that it is whole. */
export async function startRedisCluster({ dir, logDir, nodes: count }: RedisClusterOptions): Promise<RedisPart[]> {
  const running: RedisPart[] = [];
  const busPorts = await Promise.all(Array.from({ length: count }, () => freePort()));
  const starts = busPorts.map(async (clusterPort, index) => {
    const name = `redis-${index + 1}`;
    const node = await startRedis({ dir: join(dir, name), ...(logDir && { logDir }), name, clusterPort });
    running.push(node);
    return node;
  });
  try {
    // Where one fails the others are waited for, so that none is forgotten while it starts.
    await Promise.allSettled(starts);
    const nodes = await Promise.all(starts);
    await introduce(nodes, busPorts);
    await redisClusterReady(nodes);
    return nodes;
  } catch (error) {
    await Promise.all(running.map((node) => node.kill()));
    throw error;
  }
}

/** Waits until all nodes have found each other, also after one was started again; fails after 20 s. */
export async function redisClusterReady(nodes: readonly RedisPart[]): Promise<void> {
  const answer = await waitUntil(async () => {
    for (const { name, port } of nodes) {
      const missing = await whatIsMissing(port, nodes.length);
      if (missing !== undefined) return `${name}: ${missing}`;
    }
    return true;
  }, readyTimeoutMs);
  if (answer !== true) throw new Error(`the Redis Cluster is not whole after ${readyTimeoutMs} ms: ${answer}`);
}

async function introduce(nodes: readonly RedisPart[], busPorts: readonly number[]): Promise<void> {
  for (const [index, { port }] of nodes.entries()) {
    const first = Math.ceil((index * slotCount) / nodes.length);
    const last = Math.ceil(((index + 1) * slotCount) / nodes.length) - 1;
    await tell(port, `CLUSTER ADDSLOTSRANGE ${first} ${last}`);
    // Epochs of their own, or the nodes argue about who is to change theirs.
    await tell(port, `CLUSTER SET-CONFIG-EPOCH ${index + 1}`);
  }
  const [{ port: host } = { port: 0 }, ...others] = nodes;
  for (const [index, { port }] of others.entries()) {
    await tell(host, `CLUSTER MEET 127.0.0.1 ${port} ${busPorts[index + 1]}`);
  }
}

async function whatIsMissing(port: number, count: number): Promise<string | undefined> {
  try {
    const info = await converse(port, 'CLUSTER INFO\r\n', (answer) => answer.endsWith('\r\n\r\n'));
    if (!info.includes(`cluster_known_nodes:${count}\r\n`)) return 'has not met all nodes';
    return info.includes('cluster_state:ok\r\n') ? undefined : 'does not find all slots served';
  } catch (error) {
    return reasonOf(error);
  }
}

async function tell(port: number, command: string): Promise<void> {
  const answer = await converse(port, `${command}\r\n`, (text) => text.endsWith('\r\n'));
  if (!answer.startsWith('+OK')) throw new Error(`${command}: ${answer.trim()}`);
}
