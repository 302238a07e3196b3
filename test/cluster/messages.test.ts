import { expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';

const test = clusterTest({ replicas: 3 });

test('M4 a message reaches each member on three replicas exactly once, joined or not, own sockets included', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const [ada, grace, linus] = await cluster.clients('ada', 'grace', 'linus');
  const adasPhone = await cluster.client('ada', { replica: 3 });
  expect([ada, grace, linus].map((client) => client.session.replica)).toEqual(['replica-1', 'replica-2', 'replica-3']);
  await grace.command('chat:join', { chatId: chat.id });

  const sent = await ada.send(chat.id, 'Hello from replica 1');
  for (const client of [ada, adasPhone, grace, linus]) {
    const { clientMessageId: _, ...shown } = sent;
    expect(await client.all('message:new', ({ chatId }) => chatId === chat.id)).toEqual([shown]);
  }
});
