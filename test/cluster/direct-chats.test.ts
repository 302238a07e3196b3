import { describe, expect, vi } from 'vitest';
import type { Cluster } from '@roost/testing';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = sharedClusterTest(threeReplicas);

const doors = {
  socket: async (cluster: Cluster, name: string, chatId: string) =>
    (await cluster.client(name)).command('chat:delete', { chatId }),
  REST: (cluster: Cluster, name: string, chatId: string) =>
    cluster.api(name, { replica: 2 }).call('chats.delete', { params: { chatId } }),
};

describe.for(Object.entries(doors))('deleting a direct chat by %s', ([door, remove]) => {
  test.for(['opened it', 'did not'])(
    `C7 ${door}: hides it from who %s, until the other writes again`,
    async (which, { cluster }) => {
      const [hides, other] = which === 'opened it' ? (['ada', 'grace'] as const) : (['grace', 'ada'] as const);
      const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'], type: 'direct' });
      const [laptop, phone, theirs] = await Promise.all([
        cluster.client(hides),
        cluster.client(hides, { replica: 2 }),
        cluster.client(other, { replica: 2 }),
      ]);
      const { seq } = await theirs.send(chatId, `before: ${door} ${which}`);
      await vi.waitFor(() => expect(phone.sdk.view(chatId)?.chat.unreadCount).toBeGreaterThan(0), patienceMs);

      await remove(cluster, hides, chatId);
      for (const device of [laptop, phone]) {
        expect(await device.next('chat:hidden', (fact) => fact.chatId === chatId)).toEqual({ chatId, seq });
        expect(device.sdk.view(chatId)).toBeUndefined();
      }
      await remove(cluster, hides, chatId);
      expect(await listed(cluster, hides)).not.toContain(chatId);
      expect(await listed(cluster, other)).toContain(chatId);
      const positions = { [chatId]: { seq, rev: 0 } };
      expect((await phone.command('sync', { chats: positions })).chats[chatId]).toEqual({ gone: true });
      expect((await phone.command('sync', { chats: {} })).chats).not.toHaveProperty(chatId);
      await theirs.silence('chat:hidden', (fact) => fact.chatId === chatId);
      await theirs.silence('chat:deleted', (fact) => fact.chatId === chatId);

      const again = await theirs.send(chatId, 'are you there?');
      for (const device of [laptop, phone]) {
        await device.next('message:new', ({ id }) => id === again.id);
        // Hiding it twice was told once.
        expect(device.received('chat:hidden', (fact) => fact.chatId === chatId)).toHaveLength(1);
      }
      await vi.waitFor(() => expect(phone.sdk.view(chatId)?.chat).toMatchObject({ unreadCount: 1 }), patienceMs);
      const { items } = await cluster.api(hides).call('chats.list');
      expect(items.find(({ id }) => id === chatId)).toMatchObject({ lastSeq: again.seq, unreadCount: 1 });
    },
  );
});

test('C4 C7 who hid a direct chat and opens it anew has the same one again, on all devices', async ({ cluster }) => {
  const phone = await cluster.client('ada', { replica: 2 });
  const { id: chatId } = await cluster.chat({ members: ['ada', 'linus'], type: 'direct' });
  await phone.next('chat:created', ({ id }) => id === chatId);
  await cluster.api('ada').call('chats.delete', { params: { chatId } });
  await phone.next('chat:hidden', (fact) => fact.chatId === chatId);
  const [linusId] = await cluster.idsOf('linus');
  const answer = await cluster.http('POST /chats', { as: 'ada', body: { type: 'direct', memberIds: [linusId] } });
  expect(answer).toMatchObject({ status: 200, body: { id: chatId, role: 'member', memberCount: 2 } });
  expect(await phone.all('chat:created', ({ id }) => id === chatId)).toHaveLength(2);
  expect(await listed(cluster, 'ada')).toContain(chatId);
});

test('C6 the two of a direct chat are equal: neither deletes what the other said', async ({ cluster }) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'hedy'], type: 'direct' });
  const [ada, hedy] = await cluster.clients('ada', 'hedy');
  for (const [one, other] of [
    [ada, hedy],
    [hedy, ada],
  ] as const) {
    const { id: messageId } = await one.send(chatId, 'mine');
    expect((await other.refused('message:delete', { messageId })).code).toBe('chat/role_required');
    await one.command('message:delete', { messageId });
  }
  const { items } = await cluster.api('hedy').call('members.list', { params: { chatId } });
  expect(items.map(({ role }) => role)).toEqual(['member', 'member']);
  for (const client of [ada, hedy]) expect((await client.command('chat:join', { chatId })).chat.role).toBe('member');
});

const listed = async (cluster: Cluster, name: string) =>
  (await cluster.api(name).call('chats.list')).items.map(({ id }) => id);
