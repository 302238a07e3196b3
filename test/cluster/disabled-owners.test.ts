import { expect, vi } from 'vitest';
import type { Cluster } from '@roost/testing';
import { oid } from '../support/chat-story.js';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = clusterTest({ replicas: 2, settings: { SESSION_CHECK_INTERVAL_MS: '300' } });

async function disable(cluster: Cluster, disabledAt: Date, ...names: string[]): Promise<void> {
  const users = (await cluster.mongo.database()).collection('users');
  const ids = (await cluster.idsOf(...names)).map(oid);
  await users.updateMany({ _id: { $in: ids } }, { $set: { disabledAt } });
}

const membersOf = async (cluster: Cluster, chatId: string, as: string) => {
  const { items } = await cluster.api(as).call('members.list', { params: { chatId } });
  return Object.fromEntries(items.map(({ user, role }) => [user.displayName.toLowerCase(), role]));
};

test('C9 where the account of an owner is disabled, the longest admin who is not owns the chat, by one change', async ({
  cluster,
}) => {
  const { id: chatId } = await cluster.chat({ members: ['owner-1', 'aide-1', 'aide-2', 'grace', 'linus'] });
  const { id: other } = await cluster.chat({ members: ['owner-1', 'grace', 'linus'] });
  const { id: lonely } = await cluster.chat({ members: ['owner-1'] });
  const owner = cluster.api('owner-1');
  const [ownerId, graceId] = await cluster.idsOf('owner-1', 'grace');
  for (const userId of await cluster.idsOf('aide-1', 'aide-2'))
    await owner.call('members.update', { params: { chatId, userId }, body: { role: 'admin' } });
  const [grace, linus] = await cluster.clients('grace', 'linus');
  await disable(cluster, new Date(), 'owner-1', 'aide-1');

  const { previousOwner } = await grace.next('member:updated', ({ member }) => member.role === 'owner', patienceMs);
  expect(previousOwner?.user.id).toBe(ownerId);
  await vi.waitFor(
    async () =>
      expect(await membersOf(cluster, chatId, 'linus')).toEqual({
        'owner-1': 'admin',
        'aide-1': 'admin',
        'aide-2': 'owner',
        grace: 'member',
        linus: 'member',
      }),
    patienceMs,
  );
  const aide = await cluster.client('aide-2');
  const [disabledId] = await cluster.idsOf('aide-1');
  expect((await aide.refused('member:update', { chatId, userId: disabledId, role: 'owner' })).code).toBe(
    'user/unknown',
  );
  // No admin there: whoever has been a member longest.
  await vi.waitFor(
    async () =>
      expect(await membersOf(cluster, other, 'linus')).toEqual({ 'owner-1': 'admin', grace: 'owner', linus: 'member' }),
    patienceMs,
  );
  const told = await linus.all('member:updated', (change) => change.chatId === other);
  expect(told).toMatchObject([{ rev: 1, by: '0'.repeat(24), member: { user: { id: graceId } } }]);
  await grace.command('member:remove', { chatId: other, userId: ownerId });

  // Of one who was disabled long ago, when no replica ran.
  const later = await cluster.chat({ members: ['owner-2', 'grace'] });
  for (const replica of [1, 2]) await cluster.replica(replica).stop();
  await disable(cluster, new Date(Date.now() - 3_600_000), 'owner-2');
  for (const replica of [1, 2]) await cluster.replica(replica).start();
  await vi.waitFor(
    async () => expect(await membersOf(cluster, later.id, 'grace')).toEqual({ 'owner-2': 'admin', grace: 'owner' }),
    patienceMs,
  );
  // Replicas look again and again: one change each, and none where nobody is left.
  const changes = (await cluster.mongo.database()).collection('changes');
  const handedOver = (id: string) =>
    changes.countDocuments({ chatId: oid(id), kind: 'member:updated', 'body.role': 'owner' });
  expect(await Promise.all([chatId, other, later.id, lonely].map(handedOver))).toEqual([1, 1, 1, 0]);
});
