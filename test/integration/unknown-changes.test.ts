import { expect, vi } from 'vitest';
import { decide, isPending, said } from '../support/chat-story.js';
import { clusterTest } from '../support/cluster-test.js';
import { metricOf } from '../support/metrics.js';
import { patienceMs } from '../support/patience.js';

const test = clusterTest({ settings: { HEADS_INTERVAL_MS: '200' } });

test('S8 a change of a kind that only a newer replica knows takes its rev, and stays for that replica to apply', async ({
  cluster,
}) => {
  const { chatId, sent, ada } = await said(cluster, 1);
  const grace = await cluster.client('grace');
  await decide(cluster, chatId, ada, 1, 'message:pinned', { messageId: sent[0]!.id, secret: 'not for clients' });
  await ada.command('chat:update', { chatId, title: 'Afterwards' });

  const { chats } = await grace.command('sync', { chats: { [chatId]: { seq: 1, rev: 0 } } });
  const pinned = { chatId, rev: 1, kind: 'message:pinned', by: ada.userId, at: expect.any(String), opaque: true };
  expect(chats[chatId]).toMatchObject({ rev: 2, more: false });
  expect(chats[chatId]).toHaveProperty('changes', [pinned, expect.objectContaining({ kind: 'chat:updated' })]);
  await vi.waitFor(
    () => expect(grace.sdk.view(chatId)?.chat).toMatchObject({ rev: 2, title: 'Afterwards' }),
    patienceMs,
  );
  expect(await isPending(cluster, chatId, 1)).toBe(true);
});

test('G1 a change that cannot be applied keeps no other from it, and its chat goes on', async ({ cluster }) => {
  const { chatId, ada } = await said(cluster, 1);
  const other = await said(cluster, 1);
  const longAgo = new Date(0);
  const lost = { messageId: 'a'.repeat(24), text: 'of nothing', before: '' };
  await decide(cluster, chatId, ada, 1, 'message:edited', lost, longAgo);
  await decide(cluster, chatId, ada, 2, 'chat:updated', { title: 'Behind it' }, longAgo);
  await decide(cluster, other.chatId, ada, 1, 'chat:updated', { title: 'Elsewhere' }, longAgo);

  for (const [id, rev, title] of [
    [chatId, 2, 'Behind it'],
    [other.chatId, 1, 'Elsewhere'],
  ] as const) {
    const told = await ada.next('chat:updated', (fact) => fact.chatId === id, patienceMs);
    expect(told).toMatchObject({ rev, chat: { title } });
  }
  expect(await cluster.api('ada').call('chats.get', { params: { chatId } })).toMatchObject({
    rev: 2,
    title: 'Behind it',
  });
  const { chats } = await ada.command('sync', { chats: { [chatId]: { seq: 1, rev: 0 } } });
  expect(chats[chatId]).toMatchObject({
    changes: [
      { rev: 1, opaque: true },
      { rev: 2, kind: 'chat:updated' },
    ],
  });
  await vi.waitFor(
    async () => expect(await metricOf(cluster, 'roost_changes_stuck')).toBeGreaterThanOrEqual(1),
    patienceMs,
  );
});
