import { expect, vi } from 'vitest';
import { viewOf } from '@roost/testing';
import type { TestClient } from '@roost/testing';
import { decide, said, storeManyUnsaid, storeUnsaid } from '../support/chat-story.js';
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
