import { mongo } from 'mongoose';
import { expect, vi } from 'vitest';
import { viewOf } from '@roost/testing';
import type { TestClient } from '@roost/testing';
import { decide, oid, said, storeManyUnsaid, storeUnsaid } from '../support/chat-story.js';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = clusterTest({ replicas: 2, settings: { HEADS_INTERVAL_MS: '200' } });

test('S4 a message in a quiet chat whose fact was lost is noticed and fetched; strangers hear nothing', async ({
  cluster,
}) => {
  const { chatId, sent } = await said(cluster, 1);
  const grace = await cluster.client('grace', { replica: 2 });
  const hedy = await cluster.client('hedy', { replica: 2 });
  await viewOf(grace, chatId);
  await storeUnsaid(cluster, sent[0]!, 'nobody was told');
  const heads = await grace.next('chat:heads', ({ chats }) => chats[chatId]?.seq === 2);
  expect(heads.chats[chatId]).toEqual({ seq: 2, rev: 0 });
  await vi.waitFor(() => expect(texts(grace, chatId)).toEqual(['1', 'nobody was told']), patienceMs);
  await grace.silence('message:new', (fact) => fact.chatId === chatId);

  const { id: own } = await cluster.chat({ members: ['hedy', 'grace'] });
  await cluster.api('hedy').call('messages.send', { body: { chatId: own, text: 'later' } });
  for (const one of [grace, hedy]) await one.next('chat:heads', ({ chats }) => chats[own]?.seq === 1);
  const ofChat = ({ chats }: { chats: object }) => Object.hasOwn(chats, chatId);
  expect(hedy.received('chat:heads', ofChat)).toEqual([]);
  expect(grace.received('chat:heads', ({ chats }) => chats[chatId]?.seq === 2)).toHaveLength(1);
});

test('S4 the same for a change', async ({ cluster }) => {
  const { chatId, ada } = await said(cluster, 1);
  const grace = await cluster.client('grace', { replica: 2 });
  await decide(cluster, chatId, ada, 1, 'chat:updated', { title: 'Quietly' });
  expect(await grace.next('chat:heads', ({ chats }) => chats[chatId]?.rev === 1)).toBeDefined();
  await vi.waitFor(() => expect(grace.sdk.view(chatId)?.chat.title).toBe('Quietly'), patienceMs);
});

test('S9 the same for what a person keeps for themselves, and nobody else is told', async ({ cluster }) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const [graceId] = await cluster.idsOf('grace');
  const grace = await cluster.client('grace', { replica: 2 });
  const ada = await cluster.client('ada', { replica: 2 });
  await grace.command('chat:mark', { chatId, muted: true });
  const entries = (await cluster.mongo.database()).collection('ownEntries');
  const of = { userId: oid(graceId) };
  const last = (await entries.find(of).sort({ rev: -1 }).limit(1).toArray())[0]!;
  const [rev, key] = [Number(last['rev']) + 1, `chat/${chatId}/pinned`];
  await entries.insertOne({
    ...last,
    _id: new mongo.ObjectId(),
    rev,
    key,
    at: new Date(),
    body: { marks: { pinned: true } },
  });
  expect(await grace.next('me:head', ({ ownRev }) => ownRev === rev)).toEqual({ ownRev: rev });
  await vi.waitFor(() => expect(grace.sdk.view(chatId)?.marks).toEqual({ muted: true, pinned: true }), patienceMs);
  await ada.silence('me:head', () => true);
  expect(grace.received('me:head', ({ ownRev }) => ownRev === rev)).toHaveLength(1);
});

test('S4 a message that was stored as late as the store may take is noticed too', async ({ cluster }) => {
  const { chatId, sent } = await said(cluster, 1);
  const grace = await cluster.client('grace', { replica: 2 });
  // The time-out of a write, twice over: its own, and that of the one before it.
  await storeUnsaid(cluster, sent[0]!, 'after a long wait', new Date(Date.now() - 20_000));
  expect(await grace.next('chat:heads', ({ chats }) => chats[chatId]?.seq === 2)).toBeDefined();
});

test('S4 a lost message is noticed among more messages than are read at once', async ({ cluster }) => {
  const { chatId, sent } = await said(cluster, 1);
  const { chatId: busyId, sent: busy } = await said(cluster, 1);
  const grace = await cluster.client('grace', { replica: 2 });
  await storeManyUnsaid(cluster, busy[0]!, 700);
  await storeUnsaid(cluster, sent[0]!, 'nobody was told');
  await storeManyUnsaid(cluster, { ...busy[0]!, seq: 701 }, 700);
  const told = (id: string, seq: number) => grace.received('chat:heads', ({ chats }) => chats[id]?.seq === seq);
  await vi.waitFor(() => expect([told(chatId, 2), told(busyId, 1_401)]).toMatchObject([[{}], [{}]]), patienceMs);
});

const texts = (client: TestClient, chatId: string) => client.sdk.view(chatId)?.messages.map(({ text }) => text);
