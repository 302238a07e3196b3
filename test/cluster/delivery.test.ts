import { expect } from 'vitest';
import type { Message } from '@roost/contract';
import type { TestClient } from '@roost/testing';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { historyOf } from '../support/writing.js';

const test = sharedClusterTest(threeReplicas);

test('M4 a message reaches each member on three replicas exactly once, joined or not, own sockets included', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const [ada, grace, linus] = await cluster.clients('ada', 'grace', 'linus');
  const adasPhone = await cluster.client('ada', { replica: 3 });
  const replicas = [ada, grace, linus].map(({ session }) => session.replica);
  expect(replicas).toEqual(['replica-1', 'replica-2', 'replica-3']);
  await grace.command('chat:join', { chatId: chat.id });

  for (const from of [ada, grace, linus, adasPhone]) {
    const shown = await from.send(chat.id, `from ${from.session.replica}`);
    for (const client of [ada, adasPhone, grace, linus]) {
      expect(await client.all('message:new', ({ id }) => id === shown.id)).toEqual([shown]);
    }
  }
});

test('H7 every socket of a user, on whatever replica, hears what the user does on another', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada'] });
  const devices = await Promise.all([1, 1, 2, 3, 3].map((replica) => cluster.client('ada', { replica })));
  const sent = await devices[0]!.send(chat.id, 'to myself');
  const overRest = await cluster
    .api('ada', { replica: 2 })
    .call('messages.send', { body: { chatId: chat.id, text: 'again' } });
  for (const device of devices) {
    const heard = await device.all('message:new', ({ chatId }) => chatId === chat.id);
    expect(heard.map(({ id }) => id)).toEqual([sent.id, overRest.id]);
  }
});

test('H4 a chat opened while a socket connects is not missed: what is said after connect arrives', async ({
  cluster,
}) => {
  await cluster.person('grace');
  const ada = await cluster.client('ada', { replica: 1 });
  for (let round = 0; round < 30; round++) {
    const [chat, grace] = await Promise.all([
      cluster.chat({ members: ['ada', 'grace'] }, { replica: 3 }),
      cluster.client('grace', { replica: 2 }),
    ]);
    const { id } = await ada.send(chat.id, `round ${round}`);
    await grace.next('message:new', (message) => message.id === id);
    expect(grace.received('message:new', (message) => message.id === id)).toHaveLength(1);
    grace.close();
  }
});

test('M3 M4 30 senders at once through three replicas: one order without holes, every socket hears every message once', async ({
  cluster,
}) => {
  const names = Array.from({ length: 30 }, (_, index) => `sender-${index + 1}`);
  const each = 10;
  const chat = await cluster.chat({ members: names });
  const clients = await cluster.clients(...names);
  const seqs = Array.from({ length: names.length * each }, (_, index) => index + 1);

  const sent = (await Promise.all(clients.map((client) => sendInTurn(client, chat.id, each)))).flat();
  const bySeq = sent.toSorted((one, other) => one.seq - other.seq);
  expect(bySeq.map(({ seq }) => seq)).toEqual(seqs);

  const stored = (await cluster.mongo.database()).collection('messages').find({ text: /^sender-/ });
  const documents = await stored.sort({ seq: 1 }).toArray();
  expect(documents.map(({ _id, seq }) => [_id.toHexString(), seq])).toEqual(bySeq.map(({ id, seq }) => [id, seq]));

  const ids = bySeq.map(({ id }) => id);
  for (const client of clients) {
    const heard = await client.all('message:new', ({ chatId }) => chatId === chat.id);
    expect(heard.toSorted((one, other) => one.seq - other.seq).map(({ id }) => id)).toEqual(ids);
    expectOrderByReplica(heard);
  }
});

test("M3 one sender's messages keep their order, also when none is waited for", async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const texts = Array.from({ length: 100 }, (_, index) => `line ${index + 1}`);
  const sent = await Promise.all(texts.map((text) => ada.send(chat.id, text)));
  expect(sent.map(({ seq }) => seq)).toEqual(texts.map((_, index) => index + 1));
  const heard = await grace.all('message:new', ({ chatId }) => chatId === chat.id);
  expect(heard.map(({ text }) => text)).toEqual(texts);
});

test('M2 what was acknowledged is there after the replica that took it was killed', async ({
  cluster,
  onTestFinished,
}) => {
  onTestFinished(() => cluster.restartReplica(2));
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const acknowledged: Message[] = [];
  const sending = Promise.allSettled(
    Array.from({ length: 200 }, async (_, index) => {
      acknowledged.push(await grace.send(chat.id, `number ${index}`));
      if (acknowledged.length === 50) await cluster.replica(2).kill();
    }),
  );
  await sending;
  expect(acknowledged.length).toBeGreaterThanOrEqual(50);

  const stored = await historyOf(cluster, 'ada', chat.id);
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
  expect(stored.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged.map(({ id }) => id)));
  expect((await ada.send(chat.id, 'the next')).seq).toBe(stored.length + 1);
});

async function sendInTurn(client: TestClient, chatId: string, count: number): Promise<Message[]> {
  const sent: Message[] = [];
  for (let index = 0; index < count; index++) {
    const by = (Number(client.session.replica.at(-1)) - 1) % 3;
    sent.push(await client.send(chatId, `sender-${by} ${index}`));
  }
  return sent;
}

/** Facts of one replica arrive in the order of `seq`; the text says through which one it went. */
function expectOrderByReplica(heard: readonly Message[]): void {
  for (const by of [0, 1, 2]) {
    const seqs = heard.filter(({ text }) => text.startsWith(`sender-${by} `)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((one, other) => one - other));
  }
}
