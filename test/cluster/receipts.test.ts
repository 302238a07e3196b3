import { describe, expect, vi } from 'vitest';
import type { ReceiptNews } from '@roost/contract';
import type { Cluster } from '@roost/testing';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = sharedClusterTest(threeReplicas);

const kinds = ['read', 'delivered'] as const;
const about = (chatId: string) => (fact: ReceiptNews) => fact.chatId === chatId;

/** Everybody the facts tell of, with where they are. */
const toldIn = (facts: readonly ReceiptNews[]): Record<string, number> => {
  const told = facts.flatMap(({ userId, seq, others = [] }) => [{ userId, seq }, ...others]);
  return Object.fromEntries(told.map(({ userId, seq }) => [userId, seq]));
};

async function chatWith(cluster: Cluster, members: readonly string[], count: number) {
  const { id: chatId } = await cluster.chat({ members: [...members] });
  const ada = await cluster.client('ada');
  for (let seq = 1; seq <= count; seq++) await ada.send(chatId, `number ${seq}`);
  return { chatId, ada };
}

describe.for(kinds)('chat:%s', (kind) => {
  const command = `chat:${kind}` as const;
  const fact = `receipt:${kind}` as const;
  const field = kind === 'read' ? 'readSeq' : 'deliveredSeq';

  test(`R1 ${command} moves forward only, in whatever order, and never past the last message`, async ({ cluster }) => {
    const { chatId } = await chatWith(cluster, ['ada', 'grace'], 3);
    const [graceId] = await cluster.idsOf('grace');
    const [here, there] = [
      await cluster.client('grace', { replica: 2 }),
      await cluster.client('grace', { replica: 3 }),
    ];
    expect(await here.command(command, { chatId, seq: 2 })).toMatchObject({ seq: 2 });
    expect(await there.command(command, { chatId, seq: 1 })).toMatchObject({ seq: 2 });
    expect(await there.command(command, { chatId, seq: 2 })).toMatchObject({ seq: 2 });
    expect(await here.command(command, { chatId, seq: Number.MAX_SAFE_INTEGER })).toMatchObject({ seq: 3 });
    const seqs = [1, 3, 2, 0, 3];
    const answers = await Promise.all(
      seqs.map(async (seq, index) => (index % 2 === 0 ? here : there).command(command, { chatId, seq })),
    );
    expect(answers).toEqual(seqs.map(() => expect.objectContaining({ seq: 3 }) as unknown));
    const { receipts } = await there.command('receipt:list', { chatId });
    expect(receipts.find(({ userId }) => userId === graceId)).toMatchObject({ [field]: 3 });
  });

  test(`R1 ${fact} is told to members that have the chat open, and to no others`, async ({ cluster }) => {
    const { chatId, ada } = await chatWith(cluster, ['ada', 'grace', 'linus', 'hedy'], 2);
    const [graceId] = await cluster.idsOf('grace');
    const [grace, linus, hedy] = [
      await cluster.client('grace', { replica: 2 }),
      await cluster.client('linus', { replica: 3 }),
      await cluster.client('hedy', { replica: 2 }),
    ];
    await ada.command('chat:join', { chatId });
    await linus.command('chat:join', { chatId });
    await hedy.command('chat:join', { chatId });
    await hedy.command('chat:leave', { chatId });
    await grace.command(command, { chatId, seq: 2 });
    for (const member of [ada, linus])
      expect(await member.next(fact, about(chatId))).toEqual({ chatId, userId: graceId, seq: 2 });
    await hedy.silence(fact, about(chatId));
    // What has not moved is not told.
    await grace.command(command, { chatId, seq: 2 });
    expect(await linus.all(fact, about(chatId))).toHaveLength(1);
  });

  test(`R1 C5 who was removed hears of no ${fact} any more, though the chat was open`, async ({ cluster }) => {
    const { chatId, ada } = await chatWith(cluster, ['ada', 'grace', 'linus'], 1);
    const [linusId] = await cluster.idsOf('linus');
    const linus = await cluster.client('linus', { replica: 3 });
    await linus.command('chat:join', { chatId });
    await ada.command('member:remove', { chatId, userId: linusId });
    await linus.next('member:removed', (change) => change.chatId === chatId);
    const grace = await cluster.client('grace', { replica: 2 });
    await grace.command(command, { chatId, seq: 1 });
    await linus.silence(fact, about(chatId));
    expect(await linus.refused(command, { chatId, seq: 1 })).toMatchObject({ code: 'chat/access_denied' });
  });

  test(`R1 of many who do so in a second others are told together, each of them`, async ({ cluster }) => {
    const names = Array.from({ length: 12 }, (_, index) => `reader${index}`);
    const { chatId, ada } = await chatWith(cluster, ['ada', ...names], 1);
    await ada.command('chat:join', { chatId });
    const ids = await cluster.idsOf(...names);
    const beganAtMs = performance.now();
    await Promise.all(
      names.map((name) =>
        cluster.http(`POST /chats/${chatId}/${kind}`, { as: name, body: { seq: 1 } }, { replica: 2 }),
      ),
    );
    await vi.waitFor(() => {
      const told = toldIn(ada.received(fact, about(chatId)));
      expect(told).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
    }, patienceMs);
    const seconds = (performance.now() - beganAtMs) / 1_000;
    expect(ada.received(fact, about(chatId)).length).toBeLessThanOrEqual(1 + Math.ceil(seconds));
  });
});

test("R1 R2 one's other devices always hear how far one has read, and count anew", async ({ cluster }) => {
  const { chatId } = await chatWith(cluster, ['ada', 'grace'], 5);
  const [graceId] = await cluster.idsOf('grace');
  const [laptop, phone] = [
    await cluster.client('grace', { replica: 2 }),
    await cluster.client('grace', { replica: 3 }),
  ];
  await laptop.command('chat:read', { chatId, seq: 3 });
  expect(await phone.next('receipt:read', about(chatId))).toEqual({ chatId, userId: graceId, seq: 3 });
  expect(await unreadOf(cluster, 'grace', chatId)).toMatchObject({ readSeq: 3, unreadCount: 2 });
  const { chats } = await phone.command('chat:unread', { chatIds: [chatId] });
  expect(chats).toEqual({ [chatId]: { readSeq: 3, unreadCount: 2, seq: 5, rev: 0 } });
  await laptop.command('chat:read', { chatId, seq: 5 });
  expect(await unreadOf(cluster, 'grace', chatId)).toMatchObject({ readSeq: 5, unreadCount: 0 });
});

test('R1 R2 sync says how far one has read on another device while this one was away', async ({ cluster }) => {
  const { chatId } = await chatWith(cluster, ['ada', 'grace'], 4);
  const laptop = await cluster.client('grace', { replica: 2 });
  const at = { seq: 4, rev: 0 };
  expect((await laptop.command('sync', { chats: { [chatId]: at } })).chats[chatId]).toMatchObject({ readSeq: 0 });
  await cluster.api('grace', { replica: 3 }).call('receipts.read', { params: { chatId }, body: { seq: 4 } });
  expect((await laptop.command('sync', { chats: { [chatId]: at } })).chats[chatId]).toMatchObject({
    ...at,
    readSeq: 4,
  });
});

test('R1 REST and socket give the same list of receipts, with what people said themselves', async ({ cluster }) => {
  const { chatId } = await chatWith(cluster, ['ada', 'grace', 'linus'], 2);
  const [adaId, graceId, linusId] = await cluster.idsOf('ada', 'grace', 'linus');
  const grace = await cluster.client('grace', { replica: 2 });
  await grace.command('chat:delivered', { chatId, seq: 2 });
  await grace.command('chat:read', { chatId, seq: 1 });
  const expected = [
    { userId: adaId, readSeq: 2, deliveredSeq: 2 },
    { userId: graceId, readSeq: 1, deliveredSeq: 2 },
    { userId: linusId, readSeq: 0, deliveredSeq: 0 },
  ];
  const { receipts } = await grace.command('receipt:list', { chatId });
  expect(receipts.toSorted(byId)).toEqual(expected.toSorted(byId));
  expect(await cluster.api('linus', { replica: 3 }).call('receipts.list', { params: { chatId } })).toEqual({
    receipts,
  });
});

test('R1 in a chat of more than a hundred only oneself is told', async ({ cluster }) => {
  const names = Array.from({ length: 100 }, (_, index) => `crowd${index}`);
  const { chatId, ada } = await chatWith(cluster, ['ada', ...names], 1);
  await ada.command('chat:join', { chatId });
  expect(await ada.command('receipt:list', { chatId })).toMatchObject({ receipts: [], isLarge: true });
  const one = await cluster.client('crowd7', { replica: 2 });
  await one.command('chat:read', { chatId, seq: 1 });
  await one.next('receipt:read', about(chatId));
  await ada.silence('receipt:read', about(chatId));
});

test('R1 a marker that was acknowledged outlives the replica that took it', async ({ cluster, onTestFinished }) => {
  onTestFinished(() => cluster.restartReplica(2));
  const { chatId } = await chatWith(cluster, ['ada', 'grace'], 3);
  const grace = await cluster.client('grace', { replica: 2 });
  await grace.command('chat:read', { chatId, seq: 2 });
  await cluster.replica(2).kill();
  expect(await unreadOf(cluster, 'grace', chatId)).toMatchObject({ readSeq: 2, unreadCount: 1 });
});

test('R1 R2 the SDK: what is read on one device is read on the other, and what is left is counted right', async ({
  cluster,
}) => {
  const { chatId, ada } = await chatWith(cluster, ['ada', 'grace'], 30);
  const { id: gone } = await ada.send(chatId, 'not for long');
  const [laptop, phone] = [
    await cluster.client('grace', { replica: 2 }),
    await cluster.client('grace', { replica: 3 }),
  ];
  const counts = () => [laptop, phone].map(({ sdk }) => sdk.view(chatId)?.chat.unreadCount);
  expect(counts()).toEqual([31, 31]);
  // The messages are on neither device: the server counts.
  laptop.sdk.markRead(chatId, 10);
  await vi.waitFor(() => expect(counts()).toEqual([21, 21]), patienceMs);
  await ada.command('message:delete', { messageId: gone });
  await vi.waitFor(() => expect(counts()).toEqual([20, 20]), patienceMs);
  phone.sdk.markRead(chatId);
  expect(phone.sdk.view(chatId)?.chat.unreadCount).toBe(0);
  await vi.waitFor(() => expect(counts()).toEqual([0, 0]), patienceMs);
  expect(await unreadOf(cluster, 'grace', chatId)).toMatchObject({ unreadCount: 0 });
});

async function unreadOf(cluster: Cluster, name: string, chatId: string) {
  return cluster.api(name, { replica: 3 }).call('chats.get', { params: { chatId } });
}

const byId = (one: { userId: string }, other: { userId: string }) => one.userId.localeCompare(other.userId);
