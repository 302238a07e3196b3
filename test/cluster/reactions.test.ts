import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '@roost/contract';
import type { Reaction } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';
import { expect, vi } from 'vitest';
import { oid } from '../support/chat-story.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = sharedClusterTest(threeReplicas);

async function chatWith(cluster: Cluster, names: readonly string[]) {
  const { id: chatId } = await cluster.chat({ members: names });
  const clients = await Promise.all(names.map((name, index) => cluster.client(name, { replica: 1 + (index % 3) })));
  const { id: messageId } = await clients[0]!.send(chatId, 'what do you say?');
  return { chatId, messageId, clients, userIds: await cluster.idsOf(...names) };
}

const react = (client: TestClient, messageId: string, emoji: string, on = true) =>
  client.command('message:react', { messageId, emoji, on });

const askedFor = (client: TestClient, messageId: string) => [
  client.refused('message:react', { messageId, emoji: '👍', on: true }),
  client.refused('reaction:list', { messageId }),
];

/** What a chat's history says now. */
async function shownTo(cluster: Cluster, name: string, chatId: string, replica = 2): Promise<readonly Reaction[]> {
  const { items } = await cluster.api(name, { replica }).call('messages.list', { params: { chatId } });
  return items[0]?.reactions ?? [];
}

test('M11 a reaction is answered with all of the message, told to the chat, and in every view', async ({ cluster }) => {
  const { chatId, messageId, clients, userIds } = await chatWith(cluster, ['ada', 'grace', 'linus']);
  const [ada, grace, linus] = clients as [TestClient, TestClient, TestClient];
  const expected = [{ emoji: '❤️', count: 1, userIds: [userIds[1]!] }];
  expect(await react(grace, messageId, '❤')).toMatchObject({ reactions: expected, rev: expect.any(Number) as unknown });
  for (const client of [ada, grace, linus]) {
    const told = await client.next('message:reacted', (fact) => fact.messageId === messageId);
    expect(told).toMatchObject({
      kind: 'message:reacted',
      chatId,
      seq: 1,
      rev: 1,
      reactions: expected,
      by: userIds[1],
    });
  }
  expect(await shownTo(cluster, 'linus', chatId, 1)).toEqual(expected);
  const { chats } = await linus.command('sync', { chats: { [chatId]: { seq: 0, rev: 0 } } });
  expect(chats[chatId]).toMatchObject({ messages: [{ reactions: expected }], changes: [{ reactions: expected }] });
});

test('M11 what is so already is told to nobody, and taking back leaves nothing', async ({ cluster }) => {
  const { chatId, messageId, clients } = await chatWith(cluster, ['ada', 'grace']);
  const [ada, grace] = clients as [TestClient, TestClient];
  await react(grace, messageId, '👍', false);
  await react(grace, messageId, '👍');
  await ada.next('message:reacted', ({ rev }) => rev === 1);
  await react(grace, messageId, '👍');
  expect((await react(grace, messageId, '👍', false)).reactions).toEqual([]);
  const last = await ada.next('message:reacted', ({ rev }) => rev === 2);
  expect(last.reactions).toEqual([]);
  expect(await shownTo(cluster, 'ada', chatId)).toEqual([]);
  await ada.silence('message:reacted', ({ rev }) => rev > 2);
  const kept = (await cluster.mongo.database()).collection('reactions');
  await vi.waitFor(async () => expect(await kept.countDocuments({ messageId: oid(messageId) })).toBe(0), patienceMs);
});

test('M11 many who react at once, through all replicas, are few changes, and all are counted', async ({ cluster }) => {
  const names = Array.from({ length: 30 }, (_, index) => `person-${index}`);
  const { chatId, messageId, clients } = await chatWith(cluster, names);
  const startedAtMs = Date.now();
  await Promise.all(
    clients.map(async (client, index) => {
      await sleep(index * 100);
      await react(client, messageId, '🎉');
      if (index % 3 === 0) await react(client, messageId, '👀');
    }),
  );
  const counts = async () => (await shownTo(cluster, names[0]!, chatId)).map(({ emoji, count }) => `${emoji} ${count}`);
  await vi.waitFor(async () => expect(await counts()).toEqual(['🎉 30', '👀 10']), patienceMs);
  const seconds = (Date.now() - startedAtMs) / 1_000;
  const told = clients[7]!.received('message:reacted', (fact) => fact.messageId === messageId);
  expect(told.length).toBeLessThanOrEqual(seconds + 2);
  expect(told.at(-1)?.reactions.map(({ userIds }) => userIds.length)).toEqual([
    limits.reactionUsers,
    limits.reactionUsers,
  ]);
});

test('M11 who is not among those that are named is told so alone, on all devices', async ({ cluster }) => {
  const names = Array.from({ length: 7 }, (_, index) => `crowd-${index}`);
  const { chatId, messageId, clients } = await chatWith(cluster, names);
  for (const client of clients.slice(0, 6)) await react(client, messageId, '👍');
  const phone = await cluster.client(names[5]!, { replica: 1 });
  const { reactions } = await react(clients[5]!, messageId, '👍');
  expect(reactions).toMatchObject([{ count: 6, mine: true }]);
  await vi.waitFor(
    async () => expect(await shownTo(cluster, names[6]!, chatId)).toMatchObject([{ count: 6, mine: false }]),
    patienceMs,
  );
  expect(await shownTo(cluster, names[5]!, chatId)).toMatchObject([{ count: 6, mine: true }]);
  const { chats } = await phone.command('sync', { chats: { [chatId]: { seq: 0, rev: 0 } } });
  const page = chats[chatId] as { messages: object[]; changes: object[] };
  expect([page.messages[0], page.changes.at(-1)]).toMatchObject([
    { reactions: [{ mine: true }] },
    { reactions: [{ mine: true }] },
  ]);
  await react(clients[5]!, messageId, '👍', false);
  expect(await phone.next('reaction:own')).toEqual({ chatId, messageId, emoji: '👍', on: false });
});

test('M11 who reacted is paged, on both doors, all or with one emoji', async ({ cluster }) => {
  const { messageId, clients, userIds } = await chatWith(cluster, ['ada', 'grace', 'linus']);
  for (const client of clients) await react(client, messageId, '👍');
  await react(clients[0]!, messageId, '🎉');
  const first = await clients[1]!.command('reaction:list', { messageId, limit: 3 });
  expect(first.items.map(({ user, emoji }) => `${emoji} ${user.id}`)).toEqual(userIds.map((id) => `👍 ${id}`));
  const api = cluster.api('linus', { replica: 3 });
  const rest = await api.call('reactions.list', { params: { messageId }, query: { cursor: first.next! } });
  expect(rest).toMatchObject({ items: [{ user: { id: userIds[0] }, emoji: '🎉' }] });
  expect(rest.next).toBeUndefined();
  const some = await api.call('reactions.list', { params: { messageId }, query: { emoji: '🎉' } });
  expect(some.items).toHaveLength(1);
});

test('M11 what reactions are refused', async ({ cluster }) => {
  const { messageId, clients } = await chatWith(cluster, ['ada', 'grace']);
  const [ada, grace] = clients as [TestClient, TestClient];
  const stranger = await cluster.client('mallory');
  const unknown = 'f'.repeat(24);
  for (const refusal of await Promise.all([...askedFor(stranger, messageId), ...askedFor(ada, unknown)]))
    expect(refusal.code).toBe('chat/access_denied');
  expect((await ada.refused('message:react', { messageId, emoji: 'ok', on: true })).code).toBe('request/invalid');
  expect((await ada.refused('reaction:list', { messageId, cursor: 'x' })).code).toBe('request/invalid');
  const faces = Array.from({ length: limits.reactionEmoji + 1 }, (_, index) => String.fromCodePoint(0x1f600 + index));
  for (const emoji of faces.slice(1)) await react(grace, messageId, emoji);
  expect((await grace.refused('message:react', { messageId, emoji: faces[0]!, on: true })).code).toBe(
    'message/too_many_reactions',
  );
  expect((await react(ada, messageId, faces[1]!)).reactions).toHaveLength(limits.reactionEmoji);
  await ada.command('message:delete', { messageId });
  expect((await grace.refused('message:react', { messageId, emoji: faces[1]!, on: true })).code).toBe(
    'message/deleted',
  );
  expect((await react(grace, messageId, faces[1]!, false)).reactions).toEqual([]);
});

test('M11 REST reacts and takes back like a socket does', async ({ cluster }) => {
  const { messageId, userIds } = await chatWith(cluster, ['ada', 'grace']);
  const api = cluster.api('grace', { replica: 3 });
  const params = { messageId, emoji: '❤' };
  expect((await api.call('reactions.add', { params })).reactions).toEqual([
    { emoji: '❤️', count: 1, userIds: [userIds[1]] },
  ]);
  expect((await api.call('reactions.remove', { params: { messageId, emoji: '❤️' } })).reactions).toEqual([]);
});

test('M11 what a replica stored and did not live to tell, another one tells', async ({ cluster }) => {
  const { chatId, messageId, clients } = await chatWith(cluster, ['ada', 'grace']);
  const grace = clients[1]!;
  await react(grace, messageId, '👍');
  const told = await grace.next('message:reacted', ({ rev }) => rev === 1);
  expect(told.reactions).toHaveLength(1);
  const kept = (await cluster.mongo.database()).collection('reactions');
  await kept.updateOne(
    { messageId: oid(messageId) },
    { $set: { pending: true, at: new Date(Date.now() - 60_000), emoji: '🎉' } },
  );
  const again = await grace.next(
    'message:reacted',
    ({ messageId: id, rev }) => id === messageId && rev > told.rev,
    30_000,
  );
  expect(again.reactions).toMatchObject([{ emoji: '🎉', count: 1 }]);
  expect(await shownTo(cluster, 'ada', chatId)).toMatchObject([{ emoji: '🎉' }]);
});

test('M11 seeded: whatever people do at once on whatever replica, all end with what the store has', async ({
  cluster,
}) => {
  const names = ['ada', 'grace', 'linus', 'hedy', 'edith', 'barbara', 'joan'];
  const { chatId, messageId, clients } = await chatWith(cluster, names);
  const emojis = ['👍', '❤️', '🎉'];
  const wished = new Map<string, boolean>();
  let seed = 7;
  const below = (count: number) => (seed = (seed * 48_271) % 2_147_483_647) % count;
  for (let round = 0; round < 60; round++) {
    const who = below(names.length);
    const [emoji, on] = [emojis[below(3)]!, below(3) > 0];
    wished.set(`${names[who]} ${emoji}`, on);
    const times = 1 + below(2);
    await Promise.all(Array.from({ length: times }, () => react(clients[who]!, messageId, emoji, on)));
  }
  const expected = emojis.map(
    (emoji) => [emoji, names.filter((name) => wished.get(`${name} ${emoji}`)).length] as const,
  );
  const byEmoji = (reactions: readonly Reaction[]) =>
    emojis.map((emoji) => [emoji, reactions.find((one) => one.emoji === emoji)?.count ?? 0]);
  for (const client of clients)
    await vi.waitFor(
      () => expect(byEmoji(client.received('message:reacted', () => true).at(-1)?.reactions ?? [])).toEqual(expected),
      patienceMs,
    );
  expect(byEmoji(await shownTo(cluster, 'ada', chatId))).toEqual(expected);
});

test('M11 G3 a replica that is stopped tells what has gathered before it goes', async ({ cluster, onTestFinished }) => {
  onTestFinished(() => cluster.restartReplica(1));
  const { chatId, messageId, clients } = await chatWith(cluster, ['ada', 'grace']);
  await react(clients[0]!, messageId, '👍');
  await clients[1]!.next('message:reacted', ({ rev }) => rev === 1);
  await react(clients[0]!, messageId, '🎉');
  await cluster.replica(1).stop();
  expect(await shownTo(cluster, 'grace', chatId)).toMatchObject([{ emoji: '👍' }, { emoji: '🎉' }]);
});

test('M11 nothing is told of a chat that was deleted meanwhile', async ({ cluster }) => {
  const { chatId, messageId, clients } = await chatWith(cluster, ['ada', 'grace']);
  const [ada, grace] = clients as [TestClient, TestClient];
  await react(grace, messageId, '👍');
  await ada.next('message:reacted', ({ rev }) => rev === 1);
  await react(grace, messageId, '🎉');
  await ada.command('chat:delete', { chatId });
  const kept = (await cluster.mongo.database()).collection('reactions');
  await vi.waitFor(async () => expect(await kept.countDocuments({ messageId: oid(messageId) })).toBe(0), patienceMs);
  const changes = (await cluster.mongo.database()).collection('changes');
  expect(
    await changes
      .find({ chatId: oid(chatId) })
      .sort({ rev: 1 })
      .toArray(),
  ).toMatchObject([{ kind: 'message:reacted' }, { kind: 'chat:deleted' }]);
});
