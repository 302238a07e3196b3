import { mongo } from 'mongoose';
import { describe, expect } from 'vitest';
import type { Message, ReplyOf } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

const test = sharedClusterTest(threeReplicas);

test('M5 ten times at once through three replicas: stored once, told once, nine times marked as duplicate', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const [grace, linus] = await cluster.clients('grace', 'linus');
  const devices = await adasDevices(cluster);
  for (let round = 0; round < 10; round++) {
    const clientMessageId = `at-once-${round}`;
    const request = { chatId: chat.id, text: 'once', clientMessageId };
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => devices[index % 3]!.command('message:send', request)),
    );
    expectOneMessage(replies);
    const { id } = replies[0]!.message;
    for (const client of [grace, linus, ...devices]) {
      expect(await client.all('message:new', (message) => message.id === id)).toHaveLength(1);
    }
    const messages = (await cluster.mongo.database()).collection('messages');
    expect(await messages.countDocuments({ clientMessageId })).toBe(1);
  }
});

test('M5 M12 the same over REST: one 201, nine 200', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const grace = await cluster.client('grace', { replica: 2 });
  const body = { chatId: chat.id, text: 'once', clientMessageId: 'over-rest' };
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      cluster.http('POST /messages', { as: 'ada', body }, { replica: (index % 3) + 1 }),
    ),
  );
  const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
  expect([count(201), count(200)]).toEqual([1, 9]);
  const ids = answers.map(({ body: message }) => (message as { id: string }).id);
  expect(new Set(ids).size).toBe(1);
  expect(await grace.all('message:new', ({ id }) => id === ids[0])).toHaveLength(1);
});

test('M5 retries among other messages of a busy chat: each is stored once and nothing else is lost', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const devices = await adasDevices(cluster);
  const [grace, linus] = await cluster.clients('grace', 'linus');
  const count = 40;
  const retried = Array.from({ length: count }, (_, index) => `retried-${index}`);
  const send = (client: TestClient, clientMessageId: string) =>
    client.command('message:send', { chatId: chat.id, text: clientMessageId, clientMessageId });
  const replies = await Promise.all([
    ...retried.flatMap((id) => devices.map((device) => send(device, id))),
    ...retried.flatMap((id) => [send(grace, `grace-${id}`), send(linus, `linus-${id}`)]),
  ]);
  const ids = new Set(replies.map(({ message }) => message.id));
  expect(ids.size).toBe(3 * count);
  expect(replies.filter(({ duplicate }) => duplicate)).toHaveLength(2 * count);
  const seqs = [...new Set(replies.map(({ message }) => message.seq))].toSorted((one, other) => one - other);
  expect(seqs).toEqual(Array.from({ length: 3 * count }, (_, index) => index + 1));
  expect(await grace.all('message:new', ({ chatId }) => chatId === chat.id)).toHaveLength(3 * count);
});

test('M5 after every replica was restarted it is still the first message; with another body it is refused', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const before = await cluster.client('ada', { replica: 1 });
  const request = { chatId: chat.id, text: 'before', clientMessageId: 'across-restarts' };
  const first = await before.command('message:send', request);
  before.close();
  await Promise.all([1, 2, 3].map((number) => cluster.restartReplica(number)));

  const grace = await cluster.client('grace', { replica: 1 });
  const devices = await adasDevices(cluster);
  const replies = await Promise.all(devices.map((device) => device.command('message:send', request)));
  for (const reply of replies) expect(reply).toEqual({ ...first, duplicate: true });
  for (const device of devices) {
    const refusal = await device.refused('message:send', { ...request, text: 'after' });
    expect(refusal).toMatchObject({ code: 'message/client_id_reused', retryable: false });
  }
  const answer = await cluster.http(
    'POST /messages',
    { as: 'ada', body: { ...request, text: 'after' } },
    { replica: 2 },
  );
  expect([answer.status, refusedCall(answer).code]).toEqual([409, 'message/client_id_reused']);
  await grace.silence('message:new', ({ chatId }) => chatId === chat.id);
  expect((await devices[2]!.send(chat.id, 'the next')).seq).toBe(2);
});

/** What one person does on three devices at once, though it can happen only once. */
const onceOnly = {
  'the same edit': (device, { message }) => device.command('message:edit', { messageId: message.id, text: 'better' }),
  'the same deletion': (device, { message }) => device.command('message:delete', { messageId: message.id }),
  'adding the same person': (device, { chatId, hedyId }) => device.command('member:add', { chatId, userIds: [hedyId] }),
} satisfies Record<string, (device: TestClient, told: Told) => Promise<unknown>>;

interface Told {
  readonly chatId: string;
  readonly message: Message;
  readonly hedyId: string;
}

describe.for(Object.entries(onceOnly))('at once through three replicas', ([what, act]) => {
  test(`M9 ${what}: takes one rev, is told once, and everybody succeeds`, async ({ cluster }) => {
    const [hedyId] = await cluster.idsOf('hedy');
    const devices = await adasDevices(cluster);
    const grace = await cluster.client('grace', { replica: 2 });
    for (let round = 0; round < 10; round++) {
      const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
      const message = await devices[0]!.send(chatId, 'draft');
      await Promise.all([...devices, ...devices].map((device) => act(device, { chatId, message, hedyId })));
      expect((await cluster.api('ada').call('chats.get', { params: { chatId } })).rev).toBe(1);
      await grace.settled();
      expect(changesOf(grace, chatId)).toHaveLength(1);
    }
  });
});

test('M9 edits and deletions of a message at once: each edit replaces what is there, none follows the deletion', async ({
  cluster,
}) => {
  const devices = await adasDevices(cluster);
  for (let round = 0; round < 10; round++) {
    const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
    const { id: messageId } = await devices[0]!.send(chatId, 'start');
    await Promise.allSettled([
      ...devices.map((device, index) => device.command('message:edit', { messageId, text: `text ${index}` })),
      ...devices.map((device) => device.command('message:delete', { messageId })),
    ]);
    const log = (await cluster.mongo.database()).collection('changes').find({ chatId: new mongo.ObjectId(chatId) });
    const changes = await log.sort({ rev: 1 }).toArray();
    const edits = changes.slice(0, -1).map(({ body }) => body as { before: string; text: string });
    expect(changes.at(-1)).toMatchObject({ kind: 'message:deleted' });
    expect(edits.map(({ before }) => before)).toEqual(['start', ...edits.map(({ text }) => text)].slice(0, -1));
    expect(changes.map(({ rev }) => rev as number)).toEqual(changes.map((_, index) => index + 1));
  }
});

function changesOf(client: TestClient, chatId: string) {
  const kinds = ['message:edited', 'message:deleted', 'member:added'] as const;
  return kinds.flatMap((kind) => client.received(kind, (change) => change.chatId === chatId));
}

function adasDevices(cluster: Cluster): Promise<TestClient[]> {
  return Promise.all([1, 2, 3].map((replica) => cluster.client('ada', { replica })));
}

function expectOneMessage(replies: readonly ReplyOf<'message:send'>[]): void {
  expect(new Set(replies.map(({ message }) => JSON.stringify(message))).size).toBe(1);
  expect(replies.filter(({ duplicate }) => duplicate === undefined)).toHaveLength(1);
  expect(replies.filter(({ duplicate }) => duplicate === true)).toHaveLength(replies.length - 1);
}
