import { Redis } from 'ioredis';
import { expect, onTestFinished, vi } from 'vitest';
import type { Cluster, TestClient } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const replicas = 2;
/** Rooms enough that every node of Redis has some. */
const chatCount = 12;

const classicCluster = clusterTest({ replicas, redis: 'classic-cluster' });
const shardedCluster = clusterTest({ replicas, redis: 'sharded-cluster' });
const shardedOne = clusterTest({ replicas, redis: 'sharded' });

const setUps = [
  ['classic over a Redis Cluster', classicCluster],
  ['sharded over a Redis Cluster', shardedCluster],
  ['sharded over one Redis', shardedOne],
] as const;

for (const [name, test] of setUps) {
  test(`M4 C3 ${name}: a chat appears on the other replica and carries messages from its first, each once and in order`, async ({
    cluster,
  }) => {
    const [ada, grace] = await cluster.clients('ada', 'grace');
    const sent = await Promise.all(
      Array.from({ length: chatCount }, async () => {
        const chatId = await openChat(cluster);
        const first = await ada.send(chatId, 'the first, at once');
        await grace.next('message:new', ({ id }) => id === first.id);
        return { chatId, ids: [first.id, (await grace.send(chatId, 'the second')).id] };
      }),
    );
    for (const client of [ada, grace]) {
      await client.settled();
      for (const { chatId, ids } of sent) {
        expect(client.received('chat:created', ({ id }) => id === chatId)).toHaveLength(1);
        expect(client.received('message:new', (fact) => fact.chatId === chatId).map(({ id }) => id)).toEqual(ids);
      }
    }
  });

  test(`C7 ${name}: a deleted chat says so on both replicas`, async ({ cluster }) => {
    const [ada, grace] = await cluster.clients('ada', 'grace');
    const chatId = await openChat(cluster);
    await cluster.api('ada').call('chats.delete', { params: { chatId } });
    for (const client of [ada, grace])
      expect(await client.all('chat:deleted', (fact) => fact.chatId === chatId)).toHaveLength(1);
  });
}

classicCluster(
  'M4 C3 classic over a Redis Cluster: everything goes through one node, for two would know no order',
  async ({ cluster }) => {
    await talking(cluster);
    const counts = await Promise.all(cluster.parts.redisNodes.map(({ url }) => publishesOf(url)));
    expect(counts.filter((count) => count > 0)).toHaveLength(1);
  },
);

shardedCluster(
  'M4 C3 sharded over a Redis Cluster: what brings people into a room, and what follows at once, is one sequence',
  async ({ cluster }) => {
    const [ada] = await cluster.clients('ada', 'grace');
    const sequence = await overhear(cluster);
    const chatId = await openChat(cluster);
    await ada.send(chatId, 'the first, at once');
    await expect
      .poll(() => sequence(chatId))
      .toEqual(['membership:changed', 'chat:created', 'chat:created', 'message:new']);
  },
);

for (const [name, test] of setUps.slice(1)) {
  test(`S5 G2 ${name}: a node of Redis goes and comes back; sockets are told, all rooms are live again`, async ({
    cluster,
  }) => {
    const { ada, grace, chatIds, pids } = await talking(cluster);
    const node = cluster.parts.redisNodes.length;
    await cluster.redis.stop(node);
    await Promise.all([ada, grace].map((client) => client.next('server:degraded')));
    for (const chatId of chatIds) {
      const { id } = await ada.send(chatId, 'meanwhile');
      await ada.next('message:new', (fact) => fact.id === id);
    }
    await cluster.redis.start(node);
    await Promise.all([ada, grace].map((client) => client.next('server:recovered')));
    await allCross(ada, grace, chatIds);
    expect(cluster.parts.replicas.map(({ pid }) => pid)).toEqual(pids);
  });
}

classicCluster(
  'G2 classic over a Redis Cluster: any node goes and comes back, and all chats are live again',
  async ({ cluster }) => {
    const { ada, grace, chatIds, pids } = await talking(cluster);
    for (const node of [1, 2, 3]) {
      await cluster.redis.stop(node);
      const { id } = await ada.send(chatIds[0] ?? '', 'meanwhile');
      await ada.next('message:new', (fact) => fact.id === id);
      await cluster.redis.start(node);
      await vi.waitUntil(() => crosses(ada, grace, chatIds[0] ?? ''), patienceMs);
    }
    await Promise.all(chatIds.map(async (chatId) => expect(await crosses(ada, grace, chatId)).toBe(true)));
    expect(cluster.parts.replicas.map(({ pid }) => pid)).toEqual(pids);
  },
);

shardedCluster('G2 sharded over a Redis Cluster: a node that is frozen is noticed within 3 s', async ({ cluster }) => {
  const { ada, grace, chatIds } = await talking(cluster);
  cluster.redis.freeze(3);
  onTestFinished(() => cluster.redis.thaw(3));
  await Promise.all([ada, grace].map((client) => client.next('server:degraded')));
  for (const chatId of chatIds) await ada.send(chatId, 'meanwhile');
  cluster.redis.thaw(3);
  await Promise.all([ada, grace].map((client) => client.next('server:recovered')));
  await allCross(ada, grace, chatIds);
});

shardedCluster(
  'G2 sharded over a Redis Cluster: a slot moves between two nodes that go on, and its rooms with it',
  async ({ cluster }) => {
    const { ada, grace, chatIds } = await talking(cluster);
    const [chatId = ''] = chatIds;
    const nodes = cluster.parts.redisNodes.map(({ url }) => new Redis(url));
    onTestFinished(() => nodes.forEach((node) => node.disconnect()));
    await moveSlot(nodes, await nodes[0]!.cluster('KEYSLOT', `roost#/#chat-${chatId}#`));
    await vi.waitUntil(() => crosses(ada, grace, chatId), patienceMs);
    await vi.waitUntil(() => crosses(grace, ada, chatId), patienceMs);
  },
);

/** From the node that serves it to the next one, as a rebalancing does. */
async function moveSlot(nodes: readonly Redis[], slot: number): Promise<void> {
  const ids = await Promise.all(nodes.map((node) => node.call('CLUSTER', 'MYID') as Promise<string>));
  const ranges = await nodes[0]!.cluster('SLOTS');
  const from = ids.indexOf(ranges.find(([first, last]) => first <= slot && slot <= last)?.[2]?.[2] ?? '');
  const to = (from + 1) % nodes.length;
  await nodes[to]!.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[from]!);
  await nodes[from]!.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[to]!);
  for (const node of [nodes[to]!, nodes[from]!, ...nodes])
    await node.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[to]!);
}

/** A chat of Ada and Grace, made through the first replica. */
async function openChat(cluster: Cluster): Promise<string> {
  return (await cluster.chat({ members: ['ada', 'grace'] }, { replica: 1 })).id;
}

/** Two people on two replicas, in chats that both have heard of. */
async function talking(cluster: Cluster) {
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const chatIds = await Promise.all(Array.from({ length: chatCount }, () => openChat(cluster)));
  await Promise.all(
    [ada, grace].flatMap((client) => chatIds.map((chatId) => client.next('chat:created', ({ id }) => id === chatId))),
  );
  return { ada, grace, chatIds, pids: cluster.parts.replicas.map(({ pid }) => pid) };
}

async function allCross(from: TestClient, to: TestClient, chatIds: readonly string[]): Promise<void> {
  for (const chatId of chatIds) {
    const { id } = await from.send(chatId, 'again');
    await to.next('message:new', (fact) => fact.id === id);
  }
}

/** Whether what one sends reaches the other now. */
async function crosses(from: TestClient, to: TestClient, chatId: string): Promise<boolean> {
  const { id } = await from.send(chatId, 'does it cross?');
  await to.settled();
  return to.received('message:new', (fact) => fact.id === id).length > 0;
}

/** Names of the events and facts of a chat, in the order in which every replica hears them. */
async function overhear(cluster: Cluster): Promise<(chatId: string) => string[]> {
  const heard: string[] = [];
  const nodes = cluster.parts.redisNodes.map(({ url }) => new Redis(url));
  onTestFinished(() => nodes.forEach((node) => node.disconnect()));
  for (const node of nodes) node.on('smessage', (_channel: string, message: string) => heard.push(message));
  // The node that serves the channel; the others refuse.
  await Promise.any(nodes.map((node) => node.ssubscribe('roost#/#')));
  return (chatId) => heard.filter((message) => message.includes(chatId)).map(nameIn);
}

/** An event between replicas is a list that begins with its name; a fact is such a list in a packet. */
function nameIn(message: string): string {
  const { data } = JSON.parse(message) as { data: { packet: string[] | { data: string[] } } };
  const [name = ''] = Array.isArray(data.packet) ? data.packet : data.packet.data;
  return name;
}

/** How often a node was asked to publish, since it started. */
async function publishesOf(url: string): Promise<number> {
  const redis = new Redis(url);
  try {
    return Number(/cmdstat_publish:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
  } finally {
    redis.disconnect();
  }
}
