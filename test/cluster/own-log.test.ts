import { RoostClient } from '@roost/client';
import { expect, vi } from 'vitest';
import type { Cluster, TestClient } from '@roost/testing';
import { oid } from '../support/chat-story.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { refusedCall } from '../support/refusals.js';

const test = sharedClusterTest(threeReplicas);

/** Two devices of Ada, on different replicas, and a chat with Grace. */
async function devices(cluster: Cluster) {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const [phone, desk] = await Promise.all([1, 2].map((replica) => cluster.client('ada', { replica })));
  const start = (await ownOf(phone!, 0)).rev;
  return { chatId, phone: phone!, desk: desk!, start };
}

async function ownOf(client: TestClient, rev: number) {
  const { me } = await client.command('sync', { chats: {}, includeNew: false, me: { rev } });
  return me!;
}

test('S9 R7 R5 a mark is answered, told to all devices of the person and nobody else, and is there for a device that was away', async ({
  cluster,
}) => {
  const { chatId, phone, desk, start } = await devices(cluster);
  const grace = await cluster.client('grace', { replica: 3 });
  await phone.send(chatId, 'one');
  const reply = await phone.command('chat:mark', { chatId, muted: true, archived: true });
  const marks = { muted: true, archived: { upToSeq: 1 } };
  expect(reply).toEqual({ success: true, ownRev: start + 2, marks });
  for (const client of [phone, desk]) {
    const told = await client.next('chat:marked', ({ ownRev }) => ownRev === start + 1);
    expect(told).toEqual({
      ownRev: start + 1,
      at: expect.any(String),
      kind: 'chat:marked',
      chatId,
      marks: { muted: true },
    });
    expect(await client.next('chat:marked', ({ ownRev }) => ownRev === start + 2)).toMatchObject({
      marks: { archived: { upToSeq: 1 } },
    });
  }
  await grace.silence('chat:marked', () => true);
  const away = await cluster.client('ada', { replica: 3 });
  expect(await ownOf(away, start)).toMatchObject({ rev: start + 2, more: false, changes: [{ chatId }, { chatId }] });
  expect(await ownOf(away, start + 2)).toEqual({ rev: start + 2, changes: [], more: false });
  const overRest = await cluster.api('ada', { replica: 3 }).call('me.changes', { query: { after: start } });
  expect(overRest).toEqual(await ownOf(away, start));
  const unmuted = await cluster.api('ada').call('me.mark', { params: { chatId }, body: { muted: false } });
  expect(unmuted).toEqual({ ownRev: start + 3, marks: { ...marks, muted: false } });
  expect(await desk.next('chat:marked', ({ ownRev }) => ownRev === start + 3)).toMatchObject({
    marks: { muted: false },
  });
});

test('R7 what is so already takes no place; it is told again, for its first answer may have been lost', async ({
  cluster,
}) => {
  const { chatId, phone, desk, start } = await devices(cluster);
  expect(await phone.command('chat:mark', { chatId, pinned: false })).toEqual({ success: true, ownRev: 0, marks: {} });
  const first = await phone.command('chat:mark', { chatId, pinned: true });
  expect(await phone.command('chat:mark', { chatId, pinned: true })).toEqual(first);
  expect((await ownOf(desk, start)).rev).toBe(start + 1);
  expect(await desk.all('chat:marked', ({ ownRev }) => ownRev === start + 1)).toHaveLength(2);
});

test('S9 two devices that mark at once through two replicas lose nothing, and number without holes', async ({
  cluster,
}) => {
  const { chatId, phone, desk, start } = await devices(cluster);
  const turns = [true, false, true, false, true];
  await Promise.all([
    ...turns.map((muted) => phone.command('chat:mark', { chatId, muted, unread: muted })),
    ...turns.map((pinned) => desk.command('chat:mark', { chatId, pinned })),
  ]);
  const { rev } = await ownOf(phone, start);
  for (const client of [phone, desk]) {
    const heard = await client.all('chat:marked', (fact) => fact.chatId === chatId);
    const places = new Set(heard.map(({ ownRev }) => ownRev));
    expect([...places].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: rev - start }, (_, index) => start + 1 + index),
    );
    // Whoever heard all of it in order knows what a device does that comes now.
    const inOrder = heard.toSorted((a, b) => a.ownRev - b.ownRev).map(({ marks }) => marks);
    const fresh = (await ownOf(client, start)).changes.map(({ marks }) => marks as object);
    expect(Object.assign({}, ...inOrder)).toEqual(Object.assign({}, ...fresh));
  }
});

test('S9 only the newest of each mark is told and kept, and a place beyond the end begins anew', async ({
  cluster,
}) => {
  const { chatId, phone, desk, start } = await devices(cluster);
  await desk.command('chat:mark', { chatId, unread: true });
  for (let time = 0; time < 60; time++) await phone.command('chat:mark', { chatId, muted: time % 2 === 0 });
  await phone.command('chat:mark', { chatId, pinned: true });
  const own = await ownOf(phone, start);
  expect(own).toMatchObject({ rev: start + 62, more: false });
  expect(own.changes.map(({ marks }) => marks)).toEqual([{ unread: true }, { muted: false }, { pinned: true }]);
  const kept = (await cluster.mongo.database()).collection('ownEntries');
  await vi.waitFor(async () => expect(await kept.countDocuments({ chatId: oid(chatId) })).toBe(3), patienceMs);
  // Their places stay: the other replica, which knows of none of them, does not take one again.
  expect(await desk.command('chat:mark', { chatId, unread: false })).toMatchObject({ ownRev: start + 63 });
  expect(await ownOf(phone, start + 99)).toMatchObject({ reset: true, rev: start + 63 });
});

test('S9 many marks come page by page', async ({ cluster }) => {
  const { phone, start } = await devices(cluster);
  const chats = await Promise.all(Array.from({ length: 55 }, () => cluster.chat({ members: ['ada'] })));
  for (const { id } of chats) await phone.command('chat:mark', { chatId: id, pinned: true });
  const first = await ownOf(phone, start);
  expect(first).toMatchObject({ rev: start + 50, more: true });
  const second = await ownOf(phone, first.rev);
  expect(second).toMatchObject({ rev: start + 55, more: false });
  const told = [...first.changes, ...second.changes].map((change) => change['chatId']);
  expect(told).toEqual(chats.map(({ id }) => id));
});

test('C13 with a membership its marks end: who is added again has none', async ({ cluster }) => {
  const { chatId } = await devices(cluster);
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const [graceId] = await cluster.idsOf('grace');
  await grace.command('chat:mark', { chatId, muted: true });
  await ada.command('member:remove', { chatId, userId: graceId });
  expect((await ownOf(grace, 0)).changes.filter((change) => change['chatId'] === chatId)).toEqual([]);
  await ada.command('member:add', { chatId, userIds: [graceId] });
  const over = await grace.next('chat:marked', (fact) => fact.chatId === chatId && fact.marks.muted === false);
  expect((await ownOf(grace, over.ownRev - 1)).changes).toEqual([over]);
  await vi.waitFor(() => expect(grace.sdk.view(chatId)?.marks).toEqual({}), patienceMs);
  await ada.command('member:add', { chatId, userIds: [graceId] });
  expect((await ownOf(grace, over.ownRev)).changes).toEqual([]);
  expect(await grace.command('chat:mark', { chatId, pinned: true })).toMatchObject({ marks: { pinned: true } });
  expect((await grace.command('chat:mark', { chatId, pinned: true })).marks).toEqual({ muted: false, pinned: true });
});

test('C1 A3 strangers and wrong marks are refused, and nothing is kept', async ({ cluster }) => {
  const { chatId } = await devices(cluster);
  const linus = await cluster.client('linus');
  expect(await linus.refused('chat:mark', { chatId, muted: true })).toMatchObject({ code: 'chat/access_denied' });
  const stranger = await cluster.http(`PATCH /chats/${chatId}/marks`, {
    token: await cluster.token('linus'),
    body: { muted: true },
  });
  expect(refusedCall(stranger)).toMatchObject({ code: 'chat/access_denied', error: 'Not a member' });
  const bare = await cluster.socket('ada');
  for (const wrong of [{}, { muted: 'yes' }, { archived: { upToSeq: 1 } }, { loud: true }, { muted: null }])
    expect(await bare.ask('chat:mark', { chatId, ...wrong })).toMatchObject({ code: 'request/invalid' });
  expect(await ownOf(linus, 0)).toEqual({ rev: 0, changes: [], more: false });
});

test('S9 R7 the SDK shows on every device what one of them has marked, on one that was closed too', async ({
  cluster,
}) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const { session } = await cluster.person('ada');
  const device = (replica: number) => new RoostClient({ url: cluster.url({ replica }), token: session.token });
  const [phone, desk, away] = [device(1), device(2), device(3)];
  try {
    await Promise.all([phone.connect(), desk.connect()]);
    await phone.markChat(chatId, { muted: true, archived: true });
    const marks = { muted: true, archived: { upToSeq: 0 } };
    await vi.waitFor(() => expect(desk.view(chatId)?.marks).toEqual(marks), patienceMs);
    await away.connect();
    expect(away.view(chatId)).toMatchObject({ marks, isArchived: true });
    expect(away.getSnapshot().own).toEqual(phone.getSnapshot().own);
  } finally {
    for (const client of [phone, desk, away]) client.close();
  }
});
