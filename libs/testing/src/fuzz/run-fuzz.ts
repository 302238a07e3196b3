import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ClusterOptions } from '../cluster-parts.js';
import type { Cluster } from '../cluster.js';
import type { AttackName } from './attacks.js';
import { HealthyPair } from './healthy-pair.js';
import { ReferenceChat } from './reference-chat.js';
import { collectingGarbage, figuresOf } from './replica-figures.js';
import type { ReplicaFigures } from './replica-figures.js';
import { Siege } from './siege.js';

export interface FuzzOptions {
  readonly seed: number;
  readonly forMs: number;
}

export interface FuzzFigures {
  readonly attacks: Readonly<Record<AttackName, number>>;
  /** What the healthy pair sent meanwhile, and the slowest of it. */
  readonly messages: number;
  readonly slowestMs: number;
  /** Garbage collected, compared with what was held after the first attacks. */
  readonly heapGrowthBytes: number;
  readonly residentGrowthBytes: number;
}

/** What broke, the seed, and what was sent last. */
export class FuzzFailed extends Error {}

/**
 * Everything hits the first replica; the second tells what the machine takes. Their pools of connections to the store are small
 * enough to be full from the beginning, so that a connection more is somebody's who attacks.
 */
export const fuzzCluster: ClusterOptions = {
  replicas: 2,
  nodeArgs: collectingGarbage,
  settings: {
    LOG_LEVEL: 'warn',
    PING_INTERVAL_MS: '1000',
    PING_TIMEOUT_MS: '3000',
    MONGODB_MAX_POOL_SIZE: '10',
    // A day: longer than anybody fuzzes, and nobody renews a token there.
    ACCESS_TOKEN_TTL_SECONDS: '86400',
  },
};

const servedWithinMs = 1_000;
/** After these attacks caches are warm: what is held then is where memory has to return to. */
const warmingMs = 4_000;
const returnsWithinMs = 30_000;
/** What caches may still fill, and what the allocator keeps. */
const heapGrowthMaxBytes = 32 * 2 ** 20;
const residentGrowthMaxBytes = 160 * 2 ** 20;
/** Requests of our own, and connections that are being closed. */
const connectionsMore = 10;
/** Both of the healthy pair. */
const pairSockets = 2;

/**
 * Attacks a replica from all sides for a while. Fails unless it is the same process afterwards and has met no fault, a healthy
 * pair was served within a second of what it takes elsewhere, its memory has returned, and somebody's data is what it was.
 *
 * @throws FuzzFailed
 */
export async function runFuzz(cluster: Cluster, { seed, forMs }: FuzzOptions): Promise<FuzzFigures> {
  const reference = await ReferenceChat.create(cluster);
  const before = await reference.read();
  const { pid } = cluster.replica(1);
  const siege = new Siege(cluster, { seed, strangers: reference.ids });
  const pair = await HealthyPair.connect(cluster);
  const over = new AbortController();
  const talk = pair.talk(servedWithinMs, over.signal);
  try {
    await Promise.race([siege.last(warmingMs), talk]);
    const base = await settled(cluster);
    await Promise.race([siege.last(forMs), talk]);
    const after = await settled(cluster, base);
    over.abort();
    await talk;
    if (cluster.replica(1).pid !== pid) throw new Error('the replica is another process');
    if (!isDeepStrictEqual(await reference.read(), before)) throw new Error("somebody's data has changed");
    return {
      attacks: siege.counts,
      messages: pair.messages,
      slowestMs: Math.round(pair.slowestMs),
      heapGrowthBytes: after.heapBytes - base.heapBytes,
      residentGrowthBytes: after.residentBytes - base.residentBytes,
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FuzzFailed([`seed ${seed}: ${reason}`, 'what was sent last:', ...siege.notes].join('\n'), { cause });
  } finally {
    over.abort();
    siege.end();
    await Promise.allSettled([talk]);
  }
}

/** Waits until everything that the attacks took is given back, as far as can be said without and with something to compare to. */
async function settled(cluster: Cluster, base?: ReplicaFigures): Promise<ReplicaFigures> {
  const endAtMs = performance.now() + returnsWithinMs;
  for (;;) {
    const now = await figuresOf(cluster);
    const missing = whatIsMissing(now, base ?? now);
    if (missing === undefined) return now;
    if (performance.now() > endAtMs) throw new Error(missing);
    await sleep(250);
  }
}

function whatIsMissing(now: ReplicaFigures, base: ReplicaFigures): string | undefined {
  if (now.startedAtS !== base.startedAtS) return 'the replica was started anew';
  if (now.faults.length > 0) return `there were faults: ${now.faults.join(', ')}`;
  if (now.sockets > pairSockets) return `${now.sockets - pairSockets} sockets of attackers are still there`;
  const connections = now.connections - base.connections;
  if (connections > connectionsMore) return `${connections} connections more are open`;
  const heapGrowth = now.heapBytes - base.heapBytes;
  if (heapGrowth > heapGrowthMaxBytes) return `the heap holds ${heapGrowth} bytes more`;
  const residentGrowth = now.residentBytes - base.residentBytes;
  if (residentGrowth > residentGrowthMaxBytes) return `the process takes ${residentGrowth} bytes more`;
  return undefined;
}
