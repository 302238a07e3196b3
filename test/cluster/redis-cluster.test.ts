import { expect, vi } from 'vitest';
import type { Cluster, TestClient } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';

const replicas = 2;
/** Rooms enough that every node of Redis has some. */
const chatCount = 12;

const classicCluster = clusterTest({ replicas, redisNodes: 3, settings: { REDIS_ADAPTER: 'classic' } });
const shardedCluster = clusterTest({ replicas, redisNodes: 3, settings: { REDIS_ADAPTER: 'sharded' } });
const shardedOne = clusterTest({ replicas, settings: { REDIS_ADAPTER: 'sharded' } });

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

for (const [name, test] of setUps.slice(1)) {
  test(`S5 G2 ${name}: a node of Redis goes and comes back; sockets are told, all rooms are live again`, async ({
    cluster,
  }) => {
    const { ada, grace, chatIds, pids } = await talking(cluster);
    const node = cluster.parts.redisNodes.length;
    await cluster.stopRedis(node);
    await Promise.all([ada, grace].map((client) => client.next('server:degraded')));
    for (const chatId of chatIds) {
      const { id } = await ada.send(chatId, 'meanwhile');
      await ada.next('message:new', (fact) => fact.id === id);
    }
    await cluster.startRedis(node);
    await Promise.all([ada, grace].map((client) => client.next('server:recovered')));
    for (const chatId of chatIds) {
      const { id } = await ada.send(chatId, 'again');
      await grace.next('message:new', (fact) => fact.id === id);
    }
    expect(cluster.parts.replicas.map(({ pid }) => pid)).toEqual(pids);
  });
}

classicCluster(
  'G2 classic over a Redis Cluster: any node goes and comes back, and all chats are live again',
  async ({ cluster }) => {
    const { ada, grace, chatIds, pids } = await talking(cluster);
    for (const node of [1, 2, 3]) {
      await cluster.stopRedis(node);
      const { id } = await ada.send(chatIds[0] ?? '', 'meanwhile');
      await ada.next('message:new', (fact) => fact.id === id);
      await cluster.startRedis(node);
      await vi.waitUntil(() => crosses(ada, grace, chatIds[0] ?? ''), 10_000);
    }
    await Promise.all(chatIds.map(async (chatId) => expect(await crosses(ada, grace, chatId)).toBe(true)));
    expect(cluster.parts.replicas.map(({ pid }) => pid)).toEqual(pids);
  },
);

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

/** Whether what one sends reaches the other now. */
async function crosses(from: TestClient, to: TestClient, chatId: string): Promise<boolean> {
  const { id } = await from.send(chatId, 'does it cross?');
  await to.settled();
  return to.received('message:new', (fact) => fact.id === id).length > 0;
}
