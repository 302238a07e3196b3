import { RoostClient } from '@roost/client';
import type { StreamPosition } from '@roost/client';
import type { Cluster } from '@roost/testing';
import { expect } from 'vitest';
import { awaitedLater } from '../support/awaited-later.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { manyChats } from '../support/many-chats.js';

const test = sharedClusterTest(threeReplicas);

/** A bot in so many chats, each with five messages of others, and a person who is in all of them as well. */
async function bot(cluster: Cluster, chats: number) {
  const { session } = await cluster.person(`bot-${chats}`);
  const ids = await manyChats(cluster, session.user.id, chats, { others: 1 });
  const run = async (said: number, since?: StreamPosition, meanwhile?: () => Promise<unknown>) => {
    const client = new RoostClient({ url: session.url, token: session.token });
    try {
      await client.connect();
      const heard: string[] = [];
      const stream = client.messages({ ...(since && { since }) });
      const first = awaitedLater(stream.next());
      await meanwhile?.();
      for (let next = await first; !next.done; next = await stream.next()) {
        heard.push(`${next.value.chatId} ${next.value.seq}`);
        if (heard.length === said) break;
      }
      return heard;
    } finally {
      client.close();
    }
  };
  return { session, ids, run };
}

test('S1 a bot in more chats than are listed at first hears what was said in all of them while it was stopped', async ({
  cluster,
}) => {
  const { ids, run } = await bot(cluster, 300);
  const since = Object.fromEntries(ids.map((id) => [id, 4]));
  const heard = await run(300, since);
  expect(heard.toSorted()).toEqual(ids.map((id) => `${id} 5`).toSorted());
});

test('S1 a bot does not take the history of a chat that it was in for long for news', async ({ cluster }) => {
  const { ids, run, session } = await bot(cluster, 301);
  const oldest = ids.at(-1)!;
  const heard = await run(1, undefined, () => session.api.messages.send({ body: { chatId: oldest, text: 'news' } }));
  expect(heard).toEqual([`${oldest} 6`]);
});
