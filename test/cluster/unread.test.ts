import { expect } from 'vitest';
import { awaitedLater } from '../support/awaited-later.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';

const test = sharedClusterTest(threeReplicas);

test('R2 unread counts are exact on every replica right after the one that took the messages was killed', async ({
  cluster,
  onTestFinished,
}) => {
  onTestFinished(() => cluster.restartReplica(1));
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  await grace.send(chat.id, 'from another replica');
  const sent = await Promise.all(Array.from({ length: 20 }, (_, index) => ada.send(chat.id, `number ${index}`)));
  await cluster.replica(1).kill();

  const lastSeq = sent.length + 1;
  for (const replica of [2, 3]) {
    const seenBy = async (name: string) => {
      const { items } = await cluster.api(name, { replica }).call('chats.list');
      return items.find(({ id }) => id === chat.id);
    };
    expect(await seenBy('ada')).toMatchObject({ lastSeq, unreadCount: 0, readSeq: lastSeq });
    expect(await seenBy('grace')).toMatchObject({ lastSeq, unreadCount: sent.length, readSeq: 1 });
    expect(await seenBy('linus')).toMatchObject({ lastSeq, unreadCount: lastSeq, readSeq: 0 });
    expect((await seenBy('linus'))?.lastMessage?.seq).toBe(lastSeq);
  }
});

test('R2 what is counted while messages are deleted is as of the place that it names', async ({ cluster }) => {
  const count = 60;
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada', { replica: 1 });
  const grace = await cluster.client('grace', { replica: 2 });
  const sent = await Promise.all(Array.from({ length: count }, (_, index) => ada.send(chatId, `number ${index}`)));
  const over = new AbortController();
  const counts = new Map<number, number>();
  const counting = async () => {
    while (!over.signal.aborted) {
      const { chats } = await grace.command('chat:unread', { chatIds: [chatId] });
      const unread = chats[chatId];
      if (unread) counts.set(unread.rev, unread.unreadCount);
    }
  };
  const all = awaitedLater(Promise.all([counting(), counting(), counting()]));
  for (const { id } of sent) await ada.command('message:delete', { messageId: id });
  over.abort();
  await all;
  expect(Object.fromEntries(counts)).toEqual(Object.fromEntries([...counts.keys()].map((rev) => [rev, count - rev])));
  expect(counts.size).toBeGreaterThan(1);
});
