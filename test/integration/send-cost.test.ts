import { expect } from 'vitest';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';

const test = clusterTest({ settings: { HEADS_INTERVAL_MS: '600000', SENDS_PER_S: '0' } });

const readCommands = ['find', 'getMore', 'aggregate', 'count', 'distinct'];
const sends = 200;

test('M1 sending reads nothing from the store: who one is, may and is called is known', async ({ cluster }) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada] = await cluster.clients('ada', 'grace');
  await ada.send(chatId, 'the first one finds out');
  const before = await readsOf(cluster);
  for (let count = 0; count < sends; count += 20)
    await Promise.all(Array.from({ length: 20 }, () => ada.send(chatId, 'hello')));
  // What a replica looks for now and then goes on beside it.
  expect((await readsOf(cluster)) - before).toBeLessThan(sends / 10);
});

/** Reads as the store itself counts them. */
async function readsOf(cluster: Cluster): Promise<number> {
  const { metrics } = await (await cluster.mongo.database()).admin().serverStatus();
  return readCommands.reduce((sum, name) => sum + Number(metrics.commands[name]?.total ?? 0), 0);
}
