import { expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';

const test = clusterTest({ replicas: 3 });

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
