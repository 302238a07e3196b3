import { expect } from 'vitest';
import type { Chat, Message } from '@roost/contract';
import type { Cluster } from '@roost/testing';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';

const test = sharedClusterTest(oneReplica);

test("R2 others' messages are unread, one's own are not, and sending marks all before it as read", async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  expect(await readingOf(cluster, chat)).toEqual({ ada: [0, 0], grace: [0, 0], linus: [0, 0] });
  for (const text of ['one', 'two', 'three']) await ada.send(chat.id, text);
  expect(await readingOf(cluster, chat)).toEqual({ ada: [0, 3], grace: [3, 0], linus: [3, 0] });
  await grace.send(chat.id, 'four');
  expect(await readingOf(cluster, chat)).toEqual({ ada: [1, 3], grace: [0, 4], linus: [4, 0] });
  await ada.send(chat.id, 'five');
  expect(await readingOf(cluster, chat)).toEqual({ ada: [0, 5], grace: [1, 4], linus: [5, 0] });
});

test('R2 a retry that stores nothing changes no count', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  await ada.send(chat.id, 'one', { clientMessageId: 'first' });
  await grace.send(chat.id, 'two');
  await ada.send(chat.id, 'one', { clientMessageId: 'first' });
  expect(await readingOf(cluster, chat)).toEqual({ ada: [1, 1], grace: [0, 2], linus: [2, 0] });
});

test('R2 tombstones are not counted', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const ada = await cluster.client('ada');
  const sent: Message[] = [];
  for (const text of ['one', 'two', 'three']) sent.push(await ada.send(chat.id, text));
  const messages = (await cluster.mongo.database()).collection('messages');
  const second = (await messages.find({ text: 'two' }).toArray()).find(({ _id }) => _id.toHexString() === sent[1]?.id);
  await messages.updateOne({ _id: second?._id }, { $set: { deletedAt: new Date(), uncounted: true } });
  expect(await readingOf(cluster, chat)).toMatchObject({ grace: [2, 0], linus: [2, 0] });
});

test('R2 who is added later has nothing unread of what was said before', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada');
  await ada.send(chat.id, 'before');
  const linus = await cluster.client('linus');
  const [linusId] = await cluster.idsOf('linus');
  await ada.command('member:add', { chatId: chat.id, userIds: [linusId] });
  expect(await linus.next('chat:created', ({ id }) => id === chat.id)).toMatchObject({
    unreadCount: 0,
    role: 'member',
  });
  expect(await readingOf(cluster, chat)).toEqual({ ada: [0, 1], grace: [1, 0], linus: [0, 1] });
  await ada.send(chat.id, 'after');
  expect(await readingOf(cluster, chat)).toEqual({ ada: [0, 2], grace: [2, 0], linus: [1, 1] });
});

test('R2 the list of members says of everybody what their own chat says', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  for (let count = 0; count < 20; count++) await grace.send(chat.id, String(count));
  await ada.send(chat.id, 'the last');
  const { items } = await cluster.api('linus').call('members.list', { params: { chatId: chat.id } });
  expect(items.map(({ user, readSeq }) => [user.displayName, readSeq])).toEqual([
    ['Ada', 21],
    ['Grace', 20],
    ['Linus', 0],
  ]);
});

test('R2 the list of chats and the chat itself say the same', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  await (await cluster.client('ada')).send(chat.id, 'news');
  const alone = await cluster.api('grace').call('chats.get', { params: { chatId: chat.id } });
  const listed = (await cluster.api('grace').call('chats.list')).items.find(({ id }) => id === chat.id);
  expect(alone).toMatchObject({ unreadCount: 1, lastSeq: 1, lastMessage: { text: 'news' } });
  const { members: _, ...withoutMembers } = alone;
  expect(listed).toEqual(withoutMembers);
});

/** `[unreadCount, readSeq]` of everybody in the test. */
async function readingOf(cluster: Cluster, { id }: Chat): Promise<Record<string, [number, number]>> {
  const names = ['ada', 'grace', 'linus'];
  const entries = names.map(async (name): Promise<[string, [number, number]][]> => {
    const { items } = await cluster.api(name).call('chats.list');
    const chat = items.find((one) => one.id === id);
    return chat ? [[name, [chat.unreadCount, chat.readSeq]]] : [];
  });
  return Object.fromEntries((await Promise.all(entries)).flat());
}
