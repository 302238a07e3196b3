import { RoostClient } from '@roost/client';
import type { OwnPage } from '@roost/contract';
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
  const start = await endOf(phone!);
  return { chatId, phone: phone!, desk: desk!, start };
}

async function ownOf(client: TestClient, rev: number) {
  const { me } = await client.command('sync', { chats: {}, includeNew: false, me: { rev } });
  return me!;
}

async function endOf(client: TestClient): Promise<number> {
  let page = await ownOf(client, 0);
  while (page.more) page = await ownOf(client, page.rev);
  return page.rev;
}

const marksIn = ({ changes }: OwnPage) => changes.map((one) => ('marks' in one ? (one.marks as object) : {}));

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
    const fresh = marksIn(await ownOf(client, start));
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
  expect(marksIn(own)).toEqual([{ unread: true }, { muted: false }, { pinned: true }]);
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

/** A draft as the desk and the phone write it. */
const written = (text: string, clientMessageId = 'm1') => ({ text, clientMessageId });

test('R6 a draft is on all devices, and who had not heard of the newest one replaces nothing', async ({ cluster }) => {
  const { chatId, phone, desk, start } = await devices(cluster);
  const first = await phone.command('draft:save', { chatId, base: 0, ...written('Hel') });
  expect(first).toEqual({ success: true, ownRev: start + 1, saved: true, draft: written('Hel') });
  expect(await desk.next('draft:changed', ({ ownRev }) => ownRev === start + 1)).toEqual({
    ownRev: start + 1,
    at: expect.any(String),
    kind: 'draft:changed',
    chatId,
    draft: written('Hel'),
  });
  // An answer that was lost, and a device that knows an older one.
  expect(await phone.command('draft:save', { chatId, base: 0, ...written('Hel') })).toEqual(first);
  const late = { chatId, base: 0, ...written('other', 'm2') };
  expect(await desk.command('draft:save', late)).toEqual({ ...first, saved: false });
  expect(await desk.command('draft:save', { chatId, base: 0, ...written('', 'm2') })).toMatchObject({ saved: false });
  const body = { base: start + 1, ...written('Hello ') };
  const second = await cluster.api('ada').call('me.draft', { params: { chatId }, body });
  expect(second).toEqual({ ownRev: start + 2, saved: true, draft: written('Hello ') });
  expect((await ownOf(desk, start)).changes).toMatchObject([{ ownRev: start + 2, draft: { text: 'Hello ' } }]);
  expect(await phone.command('draft:save', { chatId, base: start + 2, ...written('') })).toMatchObject({ saved: true });
  const [gone] = (await ownOf(desk, start + 2)).changes;
  expect(gone).not.toHaveProperty('draft');
});

test('R6 of drafts that follow the same one, saved at once through three replicas, one is kept', async ({
  cluster,
}) => {
  const { chatId, start } = await devices(cluster);
  const clients = await Promise.all([1, 2, 3, 1, 2, 3].map((replica) => cluster.client('ada', { replica })));
  let base = 0;
  for (const round of [1, 2, 3]) {
    const answers = await Promise.all(
      clients.map((client, device) =>
        client.command('draft:save', { chatId, base, ...written(`${round} of ${device}`, `m${device}`) }),
      ),
    );
    const kept = answers.filter(({ saved }) => saved);
    expect(kept).toHaveLength(1);
    for (const answer of answers) expect(answer).toMatchObject({ ownRev: start + round, draft: kept[0]!.draft });
    base = start + round;
  }
});

test('R6 a draft is over with the message that it became, whoever was there to say so, and none comes back', async ({
  cluster,
}) => {
  const { chatId, phone, desk, start } = await devices(cluster);
  await phone.command('draft:save', { chatId, base: 0, ...written('Hello', 'sent') });
  await phone.command('message:send', { chatId, text: 'Hello', clientMessageId: 'sent' });
  const [told] = (await ownOf(desk, start)).changes;
  expect(told).toMatchObject({ kind: 'draft:changed', chatId });
  expect(told).not.toHaveProperty('draft');
  const late = { chatId, base: start + 1, ...written('Hello, and', 'sent') };
  expect(await desk.command('draft:save', late)).toEqual({ success: true, ownRev: start + 1, saved: false });
  expect(await desk.command('draft:save', { ...late, ...written('next', 'm2') })).toMatchObject({ saved: true });
});

test("R6 C13 what was written in a membership that ended is nobody's, and strangers keep nothing", async ({
  cluster,
}) => {
  const { chatId, start } = await devices(cluster);
  const grace = await cluster.client('grace', { replica: 3 });
  const place = await endOf(grace);
  await grace.command('draft:save', { chatId, base: 0, ...written('unsent') });
  const params = { chatId, userId: grace.userId };
  await cluster.api('ada').call('members.remove', { params });
  const refused = grace.command('draft:save', { chatId, base: place + 1, ...written('more') });
  await expect(refused).rejects.toMatchObject({ code: 'chat/access_denied' });
  await cluster.api('ada').call('members.add', { params: { chatId }, body: { userIds: [grace.userId] } });
  await vi.waitFor(async () => {
    const { changes } = await ownOf(grace, place);
    expect(changes).toHaveLength(1);
    expect(changes[0]).not.toHaveProperty('draft');
  }, patienceMs);
  expect((await ownOf(await cluster.client('ada'), start)).changes).toEqual([]);
});

test('S9 A6 long drafts come page by page', async ({ cluster }) => {
  const text = '\u{1f600}'.repeat(8_000);
  const chats = await Promise.all(Array.from({ length: 12 }, () => cluster.chat({ members: ['hedy', 'grace'] })));
  const hedy = await cluster.client('hedy');
  const start = await endOf(hedy);
  for (const { id } of chats) await hedy.command('draft:save', { chatId: id, base: 0, ...written(text) });
  const seen: unknown[] = [];
  let rev = start;
  for (let more = true; more;) {
    const page = await ownOf(hedy, rev);
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(262_144);
    seen.push(...page.changes.map(({ chatId }) => chatId));
    ({ rev, more } = page);
  }
  expect(seen).toEqual(chats.map(({ id }) => id));
});
