import { Redis } from 'ioredis';
import { describe, expect, vi } from 'vitest';
import type { Presence } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = clusterTest({ replicas: 3 });

const of = (userId: string) => (fact: Presence) => fact.userId === userId;
/** Longer than who has left is waited for, and than replicas look at all who are watched. */
const leavingMs = 25_000;

/** People in a chat of their own, and Ada, who watches the others. */
async function watching(cluster: Cluster, ...names: string[]) {
  const { id: chatId } = await cluster.chat({ members: ['ada', ...names] });
  const ids = await cluster.idsOf(...names);
  const ada = await cluster.client('ada', { replica: 1 });
  return { chatId, ids, ada, states: async () => stateOf(ada, ids) };
}

async function stateOf(watcher: TestClient, userIds: readonly string[]) {
  const { users } = await watcher.command('presence:watch', { userIds: [...userIds] });
  return users.map(({ state }) => state);
}

describe('R3 presence', () => {
  test('R3 who shares a chat is seen, over all devices; who does not is left out', async ({ cluster }) => {
    const { ids, ada, states } = await watching(cluster, 'mary', 'edith');
    const [strangerId] = await cluster.idsOf('stranger');
    await cluster.client('stranger', { replica: 2 });
    expect(await states()).toEqual(['offline', 'offline']);
    const [mary] = [await cluster.client('mary', { replica: 2 }), await cluster.client('mary', { replica: 3 })];
    expect(await ada.next('presence:changed', of(ids[0]!))).toEqual({ userId: ids[0], state: 'online' });
    mary.close();
    expect(await states()).toEqual(['online', 'offline']);
    expect(await ada.command('presence:watch', { userIds: [strangerId] })).toMatchObject({ users: [] });
    await ada.silence('presence:changed', of(strangerId));
  });

  test('R3 the most active device counts', async ({ cluster }) => {
    const { ids, ada, states } = await watching(cluster, 'hedy');
    const [laptop, phone] = [
      await cluster.socket('hedy', { replica: 2 }),
      await cluster.socket('hedy', { replica: 3 }),
    ];
    await vi.waitFor(async () => expect(await states()).toEqual(['online']), patienceMs);
    laptop.socket.emit('presence:set', { state: 'away' });
    await laptop.ask('session:probe', {});
    expect(await states()).toEqual(['online']);
    phone.socket.emit('presence:set', { state: 'away' });
    expect(await ada.next('presence:changed', ({ state }) => state === 'away')).toEqual({
      userId: ids[0],
      state: 'away',
    });
    laptop.socket.emit('presence:set', { state: 'online' });
    await vi.waitFor(async () => expect(await states()).toEqual(['online']), patienceMs);
  });

  test('R3 who has left is offline after 10 s, and who only comes back has never left', async ({ cluster }) => {
    const { ids, ada, states } = await watching(cluster, 'joan', 'ida');
    const [joan, ida] = [await cluster.client('joan', { replica: 2 }), await cluster.client('ida', { replica: 2 })];
    await vi.waitFor(async () => expect(await states()).toEqual(['online', 'online']), patienceMs);
    const before = Date.now();
    joan.close();
    ida.close();
    await cluster.client('ida', { replica: 3 });
    const gone = await ada.next(
      'presence:changed',
      ({ userId, state }) => userId === ids[0] && state === 'offline',
      leavingMs,
    );
    expect(Date.parse(gone.lastSeenAt!)).toBeGreaterThan(before);
    const facts = await ada.all('presence:changed', of(ids[1]!));
    expect(facts.filter(({ state }) => state !== 'online')).toEqual([]);
  });

  test('R3 C5 a watch ends with the last chat that is shared', async ({ cluster }) => {
    const { chatId, ids, ada, states } = await watching(cluster, 'radia');
    await cluster.chat({ members: ['barbara', 'radia'] });
    const barbara = await cluster.client('barbara', { replica: 1 });
    expect([await states(), await stateOf(barbara, ids)]).toEqual([['offline'], ['offline']]);
    await ada.command('member:remove', { chatId, userId: ids[0]! });
    await ada.next('member:removed', (change) => change.chatId === chatId);
    await vi.waitFor(async () => expect(await states()).toEqual([]), patienceMs);
    await cluster.client('radia', { replica: 2 });
    await barbara.next('presence:changed', of(ids[0]!));
    await ada.silence('presence:changed', of(ids[0]!));
  });

  test('R3 C7 a watch ends with the last chat that is shared, when that is deleted', async ({ cluster }) => {
    const { chatId, ids, ada, states } = await watching(cluster, 'evelyn');
    await cluster.chat({ members: ['barbara', 'evelyn'] });
    const barbara = await cluster.client('barbara', { replica: 1 });
    expect([await states(), await stateOf(barbara, ids)]).toEqual([['offline'], ['offline']]);
    await ada.command('chat:delete', { chatId });
    await vi.waitFor(async () => expect(await states()).toEqual([]), patienceMs);
    await cluster.client('evelyn', { replica: 2 });
    await barbara.next('presence:changed', of(ids[0]!));
    await ada.silence('presence:changed', of(ids[0]!));
  });

  test('R3 people of a replica that was killed lapse, and those of others do not', async ({
    cluster,
    onTestFinished,
  }) => {
    onTestFinished(() => cluster.restartReplica(3));
    const { ids, ada, states } = await watching(cluster, 'lynn', 'jean');
    await cluster.socket('lynn', { replica: 3 });
    await cluster.client('jean', { replica: 2 });
    await vi.waitFor(async () => expect(await states()).toEqual(['online', 'online']), patienceMs);
    await cluster.replica(3).kill();
    const redis = new Redis(cluster.parts.redis.url);
    onTestFinished(() => redis.disconnect());
    const hashes = await redis.keys('roost:presence:*');
    for (const hash of hashes) expect(await redis.ttl(hash)).toBeLessThanOrEqual(30);
    // As the time does, which would take half a minute.
    await redis.del(...hashes.filter((hash) => hash.includes('replica-3')));
    await ada.next('presence:changed', ({ userId, state }) => userId === ids[0] && state === 'offline', leavingMs);
    const others = await ada.all('presence:changed', of(ids[1]!));
    expect(others.filter(({ state }) => state !== 'online')).toEqual([]);
  });

  test('R3 a Redis that has lost everything tells nobody anything about people who never left', async ({
    cluster,
    onTestFinished,
  }) => {
    const { ids, ada, states } = await watching(cluster, 'karen', 'frances');
    const [karen] = [await cluster.client('karen', { replica: 3 }), await cluster.client('frances', { replica: 2 })];
    await vi.waitFor(async () => expect(await states()).toEqual(['online', 'online']), patienceMs);
    const redis = new Redis(cluster.parts.redis.url);
    onTestFinished(() => redis.disconnect());
    await redis.flushall();
    karen.close();
    await cluster.client('karen', { replica: 1 });
    await vi.waitFor(async () => expect(await redis.keys('roost:presence:*')).toHaveLength(3), { timeout: leavingMs });
    expect(await states()).toEqual(['online', 'online']);
    const told = await ada.all('presence:changed', ({ userId }) => ids.includes(userId));
    expect(told.filter(({ state }) => state !== 'online')).toEqual([]);
  });
});
