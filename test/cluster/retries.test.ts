import { mongo } from 'mongoose';
import { describe, expect } from 'vitest';
import type { ChatError, Message, ReplyOf } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

const test = sharedClusterTest(threeReplicas);
/** Seconds that no test takes. */
const anHour = 3_600;

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

/** Ada's chat with Grace and Linus, where members wait so long; Grace has a device on each replica. */
async function slow(cluster: Cluster, slowModeSeconds: number) {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const ada = await cluster.client('ada', { replica: 1 });
  await ada.command('chat:update', { chatId, settings: { slowModeSeconds } });
  const grace = await Promise.all([1, 2, 3].map((replica) => cluster.client('grace', { replica })));
  return { chatId, ada, grace: grace as [TestClient, TestClient, TestClient] };
}

describe('C12 slow mode', () => {
  test('C12 M5 too soon is refused at both doors, replies and edits as well, and what was stored is answered as ever', async ({
    cluster,
  }) => {
    const { chatId, ada, grace } = await slow(cluster, anHour);
    const draft = { chatId, text: 'one', clientMessageId: 'one' };
    const { message } = await grace[0].command('message:send', draft);
    let leftMs = anHour * 1_000;
    for (const client of grace) {
      const refusals = [
        await client.refused('message:send', { chatId, text: 'two', clientMessageId: 'two' }),
        await client.refused('message:send', { chatId, text: 'a reply', parentId: message.id }),
        await client.refused('message:edit', { messageId: message.id, text: 'one and two' }),
      ];
      for (const { code, retryable, retryAfterMs = 0 } of refusals) {
        expect([code, retryable]).toEqual(['chat/slow_mode', true]);
        expect(retryAfterMs).toBeGreaterThan(0);
        expect(retryAfterMs).toBeLessThanOrEqual(leftMs);
        leftMs = retryAfterMs;
      }
      expect(await client.command('message:send', draft)).toEqual({ message, duplicate: true, success: true });
      expect((await client.refused('message:send', { ...draft, text: 'other' })).code).toBe('message/client_id_reused');
    }
    const rest = (body: object) => cluster.http('POST /messages', { as: 'grace', body: { chatId, ...body } });
    const refused = await rest({ text: 'two' });
    expect([refusedCall(refused).code, refused.status]).toEqual(['chat/slow_mode', 429]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(anHour - 60);
    expect(await rest(draft)).toMatchObject({ status: 200, body: { id: message.id, duplicate: true } });
    // Nobody else waits, nor she elsewhere; and what is deleted was said.
    for (const text of ['an owner', 'and again']) await ada.command('message:send', { chatId, text });
    await (await cluster.client('linus')).command('message:send', { chatId, text: 'another' });
    const { id: elsewhere } = await cluster.chat({ members: ['ada', 'grace'] });
    for (const client of grace) await client.command('message:send', { chatId: elsewhere, text: 'quickly' });
    await grace[1].command('message:delete', { messageId: message.id });
    expect((await grace[1].refused('message:send', { chatId, text: 'two' })).code).toBe('chat/slow_mode');
    // From the answer on, on every replica.
    await ada.command('chat:update', { chatId, settings: { slowModeSeconds: 0 } });
    for (const client of grace) await client.command('message:send', { chatId, text: 'at last' });
  });

  test('C12 of what one person sends at once through three replicas one is stored, contended or not, and the others wait', async ({
    cluster,
  }) => {
    for (let round = 0; round < 6; round++) {
      const { chatId, ada, grace } = await slow(cluster, anHour);
      const outcomes = Promise.allSettled(
        Array.from({ length: 9 }, (_, index) =>
          grace[index % 3]!.sdk.command('message:send', {
            chatId,
            text: `at once ${index}`,
            ...(index < 6 && { clientMessageId: `${round}-${index}` }),
          }),
        ),
      );
      const elsewhere = await Promise.all([2, 3].map((replica) => cluster.client('ada', { replica })));
      const others = [ada, ...elsewhere].map((client) => client.command('message:send', { chatId, text: 'beside' }));
      await Promise.all(others);
      const refused = (await outcomes).flatMap((one) => (one.status === 'rejected' ? [one.reason as ChatError] : []));
      expect(refused.map(({ code }) => code)).toEqual(Array<string>(8).fill('chat/slow_mode'));
      for (const { extras } of refused) expect(extras.retryAfterMs).toBeGreaterThan(0);
      const { items } = await cluster.api('ada').call('messages.list', { params: { chatId }, query: {} });
      expect(items.filter(({ sender }) => sender.id === grace[0].userId)).toHaveLength(1);
    }
  });

  test('C12 of edits at once through two replicas one is made, and the next waits for it', async ({ cluster }) => {
    const { chatId, ada, grace } = await slow(cluster, 0);
    const said = [await grace[0].send(chatId, 'one'), await grace[0].send(chatId, 'two')];
    // Long ago, so that she need not wait for a message.
    const messages = (await cluster.mongo.database()).collection('messages');
    await messages.updateMany({ chatId: new mongo.ObjectId(chatId) }, { $set: { createdAt: new Date(0) } });
    await ada.command('chat:update', { chatId, settings: { slowModeSeconds: anHour } });
    const edits = said.map(({ id }, index) =>
      grace[index]!.sdk.command('message:edit', { messageId: id, text: 'edited' }),
    );
    const outcomes = await Promise.allSettled(edits);
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as ChatError] : []));
    expect(refused.map(({ code }) => code)).toEqual(['chat/slow_mode']);
    const texts = (await cluster.api('ada').call('messages.list', { params: { chatId }, query: {} })).items;
    expect(texts.map(({ text }) => text).filter((text) => text === 'edited')).toHaveLength(1);
    // Repeating the one that was made is harmless.
    const { id } = texts.find(({ text }) => text === 'edited')!;
    await grace[2].command('message:edit', { messageId: id, text: 'edited' });
    await grace[2].command('message:send', { chatId, text: 'an edit is no message' });
  });

  test('C12 the SDK waits as long as it is told, in order, and sends elsewhere meanwhile; other settings end the wait', async ({
    cluster,
  }) => {
    const { chatId, ada, grace } = await slow(cluster, 1);
    const { id: elsewhere } = await cluster.chat({ members: ['ada', 'grace'] });
    const order: string[] = [];
    const send = async (id: string, text: string) => {
      const { createdAt } = await grace[0].send(id, text);
      order.push(text);
      return Date.parse(createdAt);
    };
    const [one, two] = await Promise.all([
      send(chatId, 'one'),
      send(chatId, 'two'),
      send(elsewhere, 'elsewhere'),
      send(elsewhere, 'again'),
    ]);
    expect(order.at(-1)).toBe('two');
    expect(two - one).toBeGreaterThanOrEqual(1_000);
    await ada.command('chat:update', { chatId, settings: { slowModeSeconds: anHour } });
    const waiting = send(chatId, 'three');
    await expect.poll(() => grace[0].sdk.view(chatId)?.pending).toMatchObject([{ notBefore: expect.any(String) }]);
    await ada.command('chat:update', { chatId, settings: { slowModeSeconds: 0 } });
    await waiting;
  });
});

test('M5 C6 who may send no more is told what became of what they sent', async ({ cluster }) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const draft = { chatId, text: 'before', clientMessageId: 'before' };
  const { message } = await grace.command('message:send', draft);
  await ada.command('chat:update', { chatId, settings: { mayPost: 'admins' } });
  expect(await grace.command('message:send', draft)).toMatchObject({ message, duplicate: true });
  expect((await grace.refused('message:send', { ...draft, clientMessageId: 'after' })).code).toBe('chat/role_required');
});
