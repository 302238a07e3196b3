import { expect } from 'vitest';
import { quietReplica, sharedClusterTest } from '../support/cluster-test.js';
import { readsDuring } from '../support/store-calls.js';

const test = sharedClusterTest(quietReplica);

const sends = 200;

test('M1 sending reads nothing from the store: who one is, may and is called is known', async ({ cluster }) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada] = await cluster.clients('ada', 'grace');
  await ada.send(chatId, 'the first one finds out');
  const reads = await readsDuring(cluster, async () => {
    for (let count = 0; count < sends; count += 20)
      await Promise.all(Array.from({ length: 20 }, () => ada.send(chatId, 'hello')));
  });
  // What a replica looks for now and then goes on beside it.
  expect(reads).toBeLessThan(sends / 10);
});
