import { Cluster, Command } from 'ioredis';
import type { Redis } from 'ioredis';
import { guardedListener } from '../kernel/boundary.js';
import type { Shards } from './sharded-subscriber.js';

/** One Redis, or all nodes of a Redis Cluster. */
export type RedisClient = Redis | Cluster;

/** Names tried until every node serves one; a node with very few slots may be left out. */
const triesMax = 1000;

/** Rejects unless all of Redis answers: a cluster that lacks a node lacks the rooms on it. */
export async function pingRedis(client: RedisClient): Promise<void> {
  await Promise.all(nodesOf(client).map((node) => node.ping()));
}

/** All that serve slots. @throws where one of them is not connected */
function nodesOf(client: RedisClient): Redis[] {
  if (!(client instanceof Cluster)) return [client];
  const nodes = new Map(client.nodes('master').map((node) => [placeOfNode(node), node]));
  return Array.from(placesOf(client), (place) => {
    const node = nodes.get(place);
    if (!node) throw new Error(`${place} is away`);
    return node;
  });
}

/** Host and port of every node that serves slots. */
const placesOf = ({ slots }: Cluster): Set<string> => new Set(slots.flatMap(([master]) => master ?? []));

/**
 * A node of a cluster is otherwise connected when it is first needed, and a client without a queue drops everything but
 * the first command meanwhile.
 */
export function connectNodesAtOnce(client: Cluster): void {
  client.on('+node', guardedListener('redis', connectNode));
}

/** Where it fails the node goes out of the pool, and comes back with the next reading of the map. */
const connectNode = (node: Redis) => node.connect().catch(() => node.disconnect());

/**
 * PUBLISH reaches all subscribers through any node of a cluster, but what goes through two nodes arrives in any order.
 * Therefore one for everything: the first that is there, the same on every replica.
 */
export function publishThroughOneNode(client: RedisClient): (channel: string, message: string) => Promise<number> {
  if (!(client instanceof Cluster)) return client.publish.bind(client);
  return async (channel, message) => {
    const [first] = client
      .nodes('master')
      .filter(({ status }) => status === 'ready')
      .toSorted((a, b) => placeOfNode(a).localeCompare(placeOfNode(b)));
    if (!first) throw new Error('no node is there');
    return first.publish(channel, message);
  };
}

/** How many connections subscribe to a channel, as far as nodes answer. */
export async function subscriptionsTo(
  client: RedisClient,
  how: 'NUMSUB' | 'SHARDNUMSUB',
  channel: string,
): Promise<number> {
  const nodes = client instanceof Cluster ? client.nodes() : [client];
  const replies = await Promise.allSettled(
    nodes.map((node) => node.call('PUBSUB', how, channel) as Promise<unknown[]>),
  );
  return replies.reduce((sum, reply) => sum + (reply.status === 'fulfilled' ? Number(reply.value[1]) : 0), 0);
}

const placeOfNode = ({ options }: Redis) => `${options.host}:${options.port}`;

/** Which node of the cluster serves which channel, as far as its map is known. */
export function shardsOf({ slots }: Cluster): Shards {
  return {
    slotOf: (channel) => new Command('ssubscribe', [channel]).getSlot(),
    placeOf: (slot) => slots[slot]?.[0],
  };
}

/**
 * The numbers from 0 whose channels together lie on every node of a cluster: what comes back through all of them has been
 * everywhere. One number where there is one Redis.
 *
 * @param channelOf names the channel for a number
 */
export function numbersForEveryNode(client: RedisClient, channelOf: (number: number) => string): number[] {
  if (!(client instanceof Cluster)) return [0];
  const { slotOf, placeOf } = shardsOf(client);
  const missing = placesOf(client);
  const numbers: number[] = [];
  for (let number = 0; missing.size > 0 && number < triesMax; number++) {
    if (missing.delete(placeOf(slotOf(channelOf(number))) ?? '')) numbers.push(number);
  }
  return numbers;
}
