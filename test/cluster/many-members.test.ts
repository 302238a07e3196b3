import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { expect, vi } from 'vitest';
import type { Cluster } from '@roost/testing';
import { awaitedLater } from '../support/awaited-later.js';
import { decide } from '../support/chat-story.js';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const tenMinutesMs = '600000';

/** Nothing else counts: heads are an aggregation too. */
const test = clusterTest({ replicas: 2, settings: { HEADS_INTERVAL_MS: tenMinutesMs, COMMANDS_PER_S: '0' } });

const people = 200;

test('C5 two hundred people added at once are counted like one, and are one event between replicas', async ({
  cluster,
}) => {
  const names = await registered(cluster, people);
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const userIds = await cluster.idsOf(...names);
  const add = async (added: readonly string[]) => {
    const before = await countsOf(cluster);
    expect((await ada.command('member:add', { chatId, userIds: [...added] })).members).toHaveLength(added.length);
    return (await countsOf(cluster)) - before;
  };
  const countsOfOne = await add(userIds.slice(0, 1));
  const events = await membershipEvents(cluster);

  // What is shown of more than fifty is held against the log once more.
  expect(await add(userIds.slice(1))).toBe(countsOfOne + 1);
  expect(await events.soFar()).toHaveLength(1);
  expect((await cluster.api('ada').call('chats.get', { params: { chatId } })).memberCount).toBe(people + 2);
  expect(await grace.all('member:added', (fact) => fact.chatId === chatId)).toHaveLength(people);
});

test('C5 the number of members is right after additions and removals through both replicas at once', async ({
  cluster,
}) => {
  const names = (await registered(cluster, people)).slice(0, 40);
  const userIds = await cluster.idsOf(...names);
  const { id: chatId } = await cluster.chat({ members: ['ada', ...names.slice(0, 20)] });
  await Promise.all([
    ...names.slice(20).map((_, index) => addOne(cluster, chatId, userIds[20 + index]!, (index % 2) + 1)),
    ...names.slice(0, 10).map((_, index) => removeOne(cluster, chatId, userIds[index]!, (index % 2) + 1)),
  ]);
  expect((await cluster.api('ada').call('chats.get', { params: { chatId } })).memberCount).toBe(31);
});

test('C5 the number of members is as of the rev that is told with it, above the number that is shown', async ({
  cluster,
}) => {
  const [newcomer, ...names] = await registered(cluster, people);
  const members = ['ada', ...names.slice(0, 60)];
  const { id: chatId } = await cluster.chat({ members });
  const [userId] = await cluster.idsOf(newcomer!);
  const ada = await cluster.client('ada', { replica: 1 });
  const counts = new Map<number, number>();
  const over = new AbortController();
  const reading = async () => {
    while (!over.signal.aborted) {
      const { rev, memberCount } = await cluster.api('ada', { replica: 2 }).call('chats.get', { params: { chatId } });
      counts.set(rev, memberCount - members.length);
    }
  };
  const all = awaitedLater(Promise.all([reading(), reading(), reading()]));
  for (let round = 0; round < 12; round++) {
    await ada.command('member:add', { chatId, userIds: [userId] });
    // A chat that changes all the time is read four times at most.
    await sleep(100);
    await ada.command('member:remove', { chatId, userId });
    await sleep(100);
  }
  over.abort();
  await all;
  expect(Object.fromEntries(counts)).toEqual(Object.fromEntries([...counts.keys()].map((rev) => [rev, rev % 2])));
  expect(counts.size).toBeGreaterThan(1);
});

test('C5 the number of members is right where a later change was applied before an earlier one', async ({
  cluster,
}) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada');
  const [linusId, hedyId] = await cluster.idsOf('linus', 'hedy');
  // As a replica leaves it that dies before it applies it.
  await decide(cluster, chatId, ada, 1, 'member:added', { userId: linusId, role: 'member', readSeq: 0 });
  await ada.command('member:add', { chatId, userIds: [hedyId] });
  const memberCount = async () => (await cluster.api('ada').call('chats.get', { params: { chatId } })).memberCount;
  await expect.poll(memberCount).toBe(4);
  expect((await cluster.api('grace', { replica: 2 }).call('chats.get', { params: { chatId } })).memberCount).toBe(4);
});

async function registered(cluster: Cluster, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `one-of-many-${index}`);
  for (let start = 0; start < count; start += 20) await cluster.idsOf(...names.slice(start, start + 20));
  return names;
}

const addOne = (cluster: Cluster, chatId: string, userId: string, replica: number) =>
  cluster.api('ada', { replica }).call('members.add', { params: { chatId }, body: { userIds: [userId] } });

const removeOne = (cluster: Cluster, chatId: string, userId: string, replica: number) =>
  cluster.api('ada', { replica }).call('members.remove', { params: { chatId, userId } });

/** How often anything was counted: `countDocuments` is an aggregation, and the store counts those itself. */
async function countsOf(cluster: Cluster): Promise<number> {
  const { metrics } = await (await cluster.mongo.database()).admin().serverStatus();
  return Number(metrics.commands.aggregate?.total ?? 0);
}

/** Listens in Redis to what replicas tell each other of memberships. */
async function membershipEvents(cluster: Cluster) {
  const redis = new Redis(cluster.parts.redisNodes[0]!.url);
  const heard: string[] = [];
  redis.on('pmessage', (_pattern: string, _channel: string, message: string) => {
    if (message.includes('membership:changed')) heard.push(message);
  });
  await redis.psubscribe('*');
  cluster.keep({ close: () => redis.disconnect() });
  const soFar = async () => {
    await vi.waitFor(() => expect(heard).not.toEqual([]), patienceMs);
    await redis.ping();
    return heard;
  };
  return { soFar };
}
