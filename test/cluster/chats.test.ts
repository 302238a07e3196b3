import { expect, vi } from 'vitest';
import type { Chat } from '@roost/contract';
import type { TestClient } from '@roost/testing';
import { awaitedLater } from '../support/awaited-later.js';
import { decide, isPending, oid } from '../support/chat-story.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = sharedClusterTest(threeReplicas);

const names = ['ada', 'grace', 'linus'] as const;

test('C3 every socket of every member hears of a new chat once, and is in it before', async ({ cluster }) => {
  const [ada, grace, linus] = await cluster.clients(...names);
  const phones = await Promise.all([cluster.client('ada', { replica: 3 }), cluster.client('linus', { replica: 1 })]);
  const stranger = await cluster.client('mallory', { replica: 2 });
  const [, graceId, linusId] = await cluster.idsOf(...names);
  const memberIds = [graceId, linusId];
  const doors = [
    async () => (await ada.command('chat:create', { type: 'group', title: 'by command', memberIds })).chat,
    () =>
      cluster.api('ada', { replica: 2 }).call('chats.create', { body: { type: 'group', title: 'by REST', memberIds } }),
  ];
  for (const create of doors) {
    const chat = await create();
    const sent = await ada.send(chat.id, 'said at once');
    for (const client of [ada, grace, linus, ...phones]) {
      const told = await client.all('chat:created', ({ id }) => id === chat.id);
      const role = client.userId === ada.userId ? 'owner' : 'member';
      expect(told).toEqual([{ ...chat, role }]);
      expect(told[0]).toMatchObject({ unreadCount: 0, lastSeq: 0, readSeq: 0, memberCount: 3 });
      expect(client.received('message:new', ({ id }) => id === sent.id)).toHaveLength(1);
    }
    await stranger.silence('chat:created', ({ id }) => id === chat.id);
    await stranger.silence('message:new', ({ chatId }) => chatId === chat.id);
  }
});

test('C3 a member who answers chat:created at once is heard by all', async ({ cluster }) => {
  const [ada, grace, linus] = await cluster.clients(...names);
  for (let round = 0; round < 10; round++) {
    const title = `round ${round}`;
    const answering = awaitedLater(
      [grace, linus].map(async (client) => {
        const { id } = await client.next('chat:created', (chat) => chat.title === title);
        return client.send(id, `here: ${client.session.replica}`);
      }),
    );
    const memberIds = (await cluster.idsOf(...names)).slice(1);
    await ada.command('chat:create', { type: 'group', title, memberIds });
    for (const sent of await Promise.all(answering)) {
      for (const client of [ada, grace, linus]) {
        expect((await client.next('message:new', ({ id }) => id === sent.id)).text).toBe(sent.text);
      }
    }
  }
});

test('C4 a direct chat opened ten times at once from both sides on three replicas exists once', async ({ cluster }) => {
  const pairs = [1, 2, 3, 4, 5].map((number) => [`left-${number}`, `right-${number}`] as const);
  for (const pair of pairs) {
    const ids = await cluster.idsOf(...pair);
    const [left, right] = await Promise.all([
      cluster.client(pair[0], { replica: 1 }),
      cluster.client(pair[1], { replica: 2 }),
    ]);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const body = { type: 'direct', memberIds: [ids[(index + 1) % 2]] };
        return cluster.http('POST /chats', { as: pair[index % 2]!, body }, { replica: (index % 3) + 1 });
      }),
    );
    const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
    expect([count(201), count(200)]).toEqual([1, 9]);
    const chats = answers.map(({ body }) => body as Chat);
    expect(new Set(chats.map(({ id }) => id)).size).toBe(1);

    for (const client of [left, right]) {
      expect(await client.all('chat:created', ({ type }) => type === 'direct')).toHaveLength(1);
    }
    const database = await cluster.mongo.database();
    expect(await database.collection('chats').countDocuments({ directKey: ids.toSorted().join(':') })).toBe(1);
    for (const name of pair) {
      const { items } = await cluster.api(name).call('chats.list');
      expect(items.filter(({ type }) => type === 'direct').map(({ id }) => id)).toEqual([chats[0]!.id]);
    }
    await expectTalk(left, right, chats[0]!.id);
  }
});

test('C4 opening it again later, by command or REST, gives the same chat and tells nobody', async ({ cluster }) => {
  const [adaId, graceId] = await cluster.idsOf('ada', 'grace');
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const first = await cluster.chat({ members: ['ada', 'grace'], type: 'direct' });
  for (const client of [ada, grace]) await client.next('chat:created', ({ id }) => id === first.id);
  const again = await grace.command('chat:create', { type: 'direct', memberIds: [adaId] });
  expect(again).toMatchObject({ created: false, chat: { id: first.id } });
  const answer = await cluster.http(
    'POST /chats',
    { as: 'ada', body: { type: 'direct', memberIds: [graceId] } },
    { replica: 3 },
  );
  expect(answer).toMatchObject({ status: 200, body: { id: first.id } });
  for (const client of [ada, grace]) {
    expect(await client.all('chat:created', ({ id }) => id === first.id)).toHaveLength(1);
  }
});

test('C7 members on every replica hear that a chat was deleted, once, and it is closed to them at once', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: names });
  const clients = await cluster.clients(...names);
  // So that every replica remembers that these are members.
  for (const client of clients) await client.send(chat.id, 'hello');
  await clients[0].command('chat:delete', { chatId: chat.id });
  for (const client of clients) {
    await client.next('chat:deleted', ({ chatId }) => chatId === chat.id);
    expect(await client.refused('message:send', { chatId: chat.id, text: 'hello?' })).toMatchObject({
      error: 'Access denied',
      code: 'chat/access_denied',
    });
    expect(await client.all('chat:deleted', ({ chatId }) => chatId === chat.id)).toHaveLength(1);
  }
});

test('C7 with a chat its memberships end, whatever was decided of them at the same time', async ({ cluster }) => {
  const chat = await cluster.chat({ members: names });
  const ada = await cluster.client('ada');
  const [hedyId] = await cluster.idsOf('hedy');
  const members = (await cluster.mongo.database()).collection('members');
  const activeCount = () => members.countDocuments({ chatId: oid(chat.id), active: true });
  expect(await activeCount()).toBe(3);
  await ada.command('chat:delete', { chatId: chat.id });
  expect(await activeCount()).toBe(0);
  // As a replica leaves it that dies before it applies it; it is old enough for others to do that.
  await decide(cluster, chat.id, ada, 2, 'member:added', { userId: hedyId, role: 'member', readSeq: 0 }, new Date(0));
  await vi.waitFor(async () => expect(await isPending(cluster, chat.id, 2)).toBe(false), patienceMs);
  expect(await activeCount()).toBe(0);
});

test('C5 who is removed, or leaves, hears it last of all, on every replica, and nothing after it', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: names });
  const [ada, grace, linus] = await cluster.clients(...names);
  const linusElsewhere = await cluster.client('linus', { replica: 1 });
  await linus.send(chat.id, 'still here');
  await ada.command('member:remove', { chatId: chat.id, userId: linus.userId });
  await ada.send(chat.id, 'without Linus');
  for (const client of [linus, linusElsewhere]) {
    const told = await client.all('member:removed', ({ chatId }) => chatId === chat.id);
    expect(told).toMatchObject([{ userId: linus.userId, reason: 'removed', by: ada.userId }]);
    await client.silence('message:new', ({ text }) => text === 'without Linus');
  }
  expect((await linus.refused('message:send', { chatId: chat.id, text: 'hello?' })).code).toBe('chat/access_denied');
  expect((await linusElsewhere.refused('chat:join', { chatId: chat.id })).code).toBe('chat/access_denied');

  await grace.command('member:leave', { chatId: chat.id });
  await ada.send(chat.id, 'alone');
  expect(await grace.all('member:removed', ({ userId }) => userId === grace.userId)).toMatchObject([
    { reason: 'left' },
  ]);
  await grace.silence('message:new', ({ text }) => text === 'alone');
});

async function expectTalk(one: TestClient, other: TestClient, chatId: string): Promise<void> {
  const sent = await one.send(chatId, 'just us');
  await other.next('message:new', ({ id }) => id === sent.id);
}
