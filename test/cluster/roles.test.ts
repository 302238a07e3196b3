import { describe, expect, vi } from 'vitest';
import type { ChatSettingsWish, Member, Role } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';
import { oid, decide, isPending } from '../support/chat-story.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { refusedCall } from '../support/refusals.js';

const test = sharedClusterTest(threeReplicas);
const names = ['ada', 'grace', 'linus'] as const;

/** Ada's group with Grace and Linus, one of them on each replica. */
async function scene(cluster: Cluster, type: 'group' | 'channel' = 'group') {
  const { id: chatId } = await cluster.chat({ members: names, type });
  const clients = await Promise.all(names.map((name, index) => cluster.client(name, { replica: index + 1 })));
  const [ada, grace, linus] = clients as [TestClient, TestClient, TestClient];
  const give = (by: TestClient, { userId }: TestClient, role: Role) =>
    by.command('member:update', { chatId, userId, role });
  const refused = async (by: TestClient, { userId }: TestClient, role: Role) =>
    (await by.refused('member:update', { chatId, userId, role })).code;
  return { chatId, ada, grace, linus, give, refused };
}

const rolesOf = async (cluster: Cluster, chatId: string, as = 'ada') => {
  const { items } = await cluster.api(as).call('members.list', { params: { chatId } });
  return Object.fromEntries(items.map(({ user, role }: Member) => [user.displayName.toLowerCase(), role]));
};

/** Of a chat in which nothing was set. */
const defaults = { mayPost: 'everyone', mayAddMembers: 'admins', mayEditChat: 'admins', slowModeSeconds: 0 };

/** What the log says of a hand-over. */
const handOver = (to: TestClient, from: TestClient) => ({
  userId: to.userId,
  role: 'owner',
  previousOwnerId: from.userId,
});

describe('C6 roles', () => {
  test('C5 C6 who gets another role: everybody is told, on every replica, and it is so at once', async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus, give } = await scene(cluster);
    const { member } = await give(ada, grace, 'admin');
    expect(member).toMatchObject({ user: { id: grace.userId }, role: 'admin' });
    for (const client of [ada, grace, linus]) {
      const told = await client.all('member:updated', (change) => change.chatId === chatId);
      const head = { chatId, rev: 1, kind: 'member:updated', by: ada.userId, at: expect.any(String) };
      expect(told).toEqual([{ ...head, member }]);
    }
    expect(grace.sdk.view(chatId)?.chat.role).toBe('admin');
    // What an admin may, through whatever replica.
    expect((await grace.command('chat:update', { chatId, title: 'hers too' })).chat.title).toBe('hers too');
    await give(grace, linus, 'guest');
    expect(await rolesOf(cluster, chatId)).toEqual({ ada: 'owner', grace: 'admin', linus: 'guest' });
  });

  test('C6 by REST the same, of a channel as well', async ({ cluster }) => {
    const { chatId, linus } = await scene(cluster, 'channel');
    const path = `PATCH /chats/${chatId}/members/${linus.userId}`;
    const answer = await cluster.http(path, { as: 'ada', body: { role: 'admin' } }, { replica: 2 });
    expect(answer).toMatchObject({ status: 200, body: { user: { id: linus.userId }, role: 'admin' } });
    expect((await linus.next('member:updated', (change) => change.chatId === chatId)).member.role).toBe('admin');
    const refused = await cluster.http(path, { as: 'grace', body: { role: 'guest' } });
    expect([refused.status, refusedCall(refused).code]).toEqual([403, 'chat/role_required']);
    const unknown = await cluster.http(path, { as: 'ada', body: { role: 'king' } });
    expect([unknown.status, refusedCall(unknown).code]).toEqual([400, 'request/invalid']);
  });

  test('C6 an admin makes guests of members and back, and nothing else; others nothing', async ({ cluster }) => {
    const { chatId, ada, grace, linus, give, refused } = await scene(cluster);
    const [hedyId] = await cluster.idsOf('hedy');
    for (const role of ['guest', 'admin', 'owner'] as const)
      expect(await refused(grace, linus, role)).toBe('chat/role_required');
    // Who may do nothing is not told who is there.
    expect((await grace.refused('member:update', { chatId, userId: hedyId, role: 'guest' })).code).toBe(
      'chat/role_required',
    );
    await give(ada, grace, 'admin');
    for (const role of ['admin', 'owner'] as const)
      expect(await refused(grace, linus, role)).toBe('chat/role_required');
    for (const [who, role] of [
      [ada, 'member'],
      [grace, 'member'],
      [grace, 'owner'],
    ] as const)
      expect(await refused(grace, who, role)).toBe('chat/role_required');
    expect((await give(grace, linus, 'guest')).member.role).toBe('guest');
    expect((await give(grace, linus, 'member')).member.role).toBe('member');
    expect((await grace.refused('member:update', { chatId, userId: hedyId, role: 'guest' })).code).toBe(
      'member/unknown',
    );
    // The owner stays one until somebody else is.
    expect(await refused(ada, ada, 'admin')).toBe('chat/owner_required');
  });

  test('C4 the two of a direct chat are equal for good', async ({ cluster }) => {
    const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'], type: 'direct' });
    const ada = await cluster.client('ada');
    const [userId] = await cluster.idsOf('grace');
    expect((await ada.refused('member:update', { chatId, userId, role: 'admin' })).code).toBe('chat/direct_fixed');
  });

  test('C6 a role that is taken away is refused on every replica at once, and one that is given works at once', async ({
    cluster,
  }) => {
    const { chatId, ada, grace, give } = await scene(cluster);
    const everywhere = await Promise.all([1, 2, 3].map((replica) => cluster.client('grace', { replica })));
    for (let round = 0; round < 3; round++) {
      // So that every replica remembers that she may.
      for (const client of everywhere) await client.send(chatId, `round ${round}`);
      await give(ada, grace, 'guest');
      for (const client of everywhere)
        expect((await client.refused('message:send', { chatId, text: 'still?' })).code).toBe('chat/role_required');
      await give(ada, grace, 'member');
    }
    await Promise.all(everywhere.map((client) => client.send(chatId, 'again')));
  });

  test('C6 what an admin did is refused once they are none, on every replica', async ({ cluster }) => {
    const { chatId, ada, grace, linus, give } = await scene(cluster);
    const said = await linus.send(chatId, 'mine');
    await give(ada, grace, 'admin');
    const everywhere = await Promise.all([1, 2, 3].map((replica) => cluster.client('grace', { replica })));
    for (const client of everywhere) await client.command('chat:update', { chatId, title: client.session.replica });
    // Past the replicas, as none of them tells the others: what needs more than being a member is looked up.
    const members = (await cluster.mongo.database()).collection('members');
    await members.updateOne({ chatId: oid(chatId), userId: oid(grace.userId) }, { $set: { role: 'member' } });
    for (const client of everywhere) {
      const refusals = [
        await client.refused('chat:update', { chatId, title: 'no' }),
        await client.refused('member:add', { chatId, userIds: [linus.userId] }),
        await client.refused('member:remove', { chatId, userId: linus.userId }),
        await client.refused('member:update', { chatId, userId: linus.userId, role: 'guest' }),
        await client.refused('message:delete', { messageId: said.id }),
        await client.refused('chat:delete', { chatId }),
      ];
      for (const { code } of refusals) expect(code).toBe('chat/role_required');
    }
  });
});

const set = (by: TestClient, chatId: string, settings: ChatSettingsWish) =>
  by.command('chat:update', { chatId, settings });

describe('C6 settings', () => {
  test('C5 C6 are changed by one change of the log that all are told, and hold on every replica from the answer on', async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus } = await scene(cluster);
    const everywhere = await Promise.all([1, 2, 3].map((replica) => cluster.client('grace', { replica })));
    const said = await grace.send(chatId, 'mine');
    for (let rev = 1; rev < 6; rev += 2) {
      // So that every replica remembers that she may.
      for (const client of everywhere) await client.send(chatId, `before ${rev}`);
      const { chat } = await set(ada, chatId, { mayPost: 'admins' });
      expect(chat).toMatchObject({ rev, settings: { ...defaults, mayPost: 'admins' } });
      for (const client of everywhere) {
        expect((await client.refused('message:send', { chatId, text: 'still?' })).code).toBe('chat/role_required');
        expect((await client.refused('message:edit', { messageId: said.id, text: 'no' })).code).toBe(
          'chat/role_required',
        );
      }
      await set(ada, chatId, { mayPost: 'everyone' });
      for (const client of everywhere) await client.send(chatId, `after ${rev}`);
    }
    const told = await linus.all('chat:updated', (change) => change.chatId === chatId);
    expect(told.map(({ chat }) => chat.settings?.mayPost)).toEqual([1, 2, 3].flatMap(() => ['admins', 'everyone']));
    expect(told[0]).toMatchObject({ by: ada.userId, rev: 1, chat: { settings: { ...defaults, mayPost: 'admins' } } });
    expect(linus.sdk.view(chatId)?.chat.settings).toEqual(defaults);
    await ada.command('message:send', { chatId, text: 'an owner always may' });
  });

  test('C6 by both doors: members may what a setting gives them, guests nothing, and only admins change settings', async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus, give } = await scene(cluster, 'channel');
    const [hedyId] = await cluster.idsOf('hedy');
    await give(ada, linus, 'guest');
    const rest = async (as: string, call: string, body: object) =>
      (await cluster.http(`${call.split(' ')[0]!} /chats/${chatId}${call.split(' ')[1] ?? ''}`, { as, body })).status;
    const wished = { settings: { mayEditChat: 'everyone', mayAddMembers: 'everyone' } } as const;
    expect(await rest('grace', 'PATCH', wished)).toBe(403);
    expect((await grace.refused('chat:update', { chatId, ...wished })).code).toBe('chat/role_required');
    expect(await rest('grace', 'PATCH', { title: 'hers' })).toBe(403);
    expect(await rest('grace', 'POST /members', { userIds: [hedyId] })).toBe(403);
    expect(await rest('ada', 'PATCH', { title: 'both', ...wished })).toBe(200);
    expect(await grace.all('chat:updated', (change) => change.chatId === chatId)).toMatchObject([
      { rev: 2, chat: { title: 'both', settings: { ...defaults, ...wished.settings } } },
    ]);
    expect(await rest('grace', 'PATCH', { title: 'hers' })).toBe(200);
    expect((await grace.command('chat:update', { chatId, title: 'and hers' })).chat.title).toBe('and hers');
    expect(await rest('grace', 'POST /members', { userIds: [hedyId] })).toBe(201);
    expect(await rest('grace', 'PATCH', { title: 'mixed', settings: { mayPost: 'admins' } })).toBe(403);
    const guest = [
      await linus.refused('chat:update', { chatId, title: 'no' }),
      await linus.refused('member:add', { chatId, userIds: [hedyId] }),
      await linus.refused('message:send', { chatId, text: 'no' }),
    ];
    for (const { code } of guest) expect(code).toBe('chat/role_required');
    for (const body of [{}, { settings: {} }, { settings: { mayPost: 'nobody' } }, { settings: { colour: 'red' } }])
      expect(await rest('ada', 'PATCH', body)).toBe(400);
    for (const slowModeSeconds of [-1, 0.5, 21_601])
      expect(await rest('ada', 'PATCH', { settings: { slowModeSeconds } })).toBe(400);
    const direct = await cluster.chat({ members: ['ada', 'grace'], type: 'direct' });
    expect(direct).not.toHaveProperty('settings');
    expect((await ada.refused('chat:update', { chatId: direct.id, ...wished })).code).toBe('chat/direct_fixed');
  });

  test('C5 different settings, changed at once through three replicas: none undoes another, each a change of its own', async ({
    cluster,
  }) => {
    const { chatId, ada, linus } = await scene(cluster);
    const devices = await Promise.all([1, 2, 3].map((replica) => cluster.client('ada', { replica })));
    const wished = { mayPost: 'admins', mayAddMembers: 'everyone', slowModeSeconds: 30 } as const;
    await Promise.all([
      set(devices[0]!, chatId, { mayPost: wished.mayPost }),
      set(devices[1]!, chatId, { mayAddMembers: wished.mayAddMembers }),
      set(devices[2]!, chatId, { slowModeSeconds: wished.slowModeSeconds }),
    ]);
    const told = await linus.all('chat:updated', (change) => change.chatId === chatId);
    const inOrder = told.toSorted((one, other) => one.rev - other.rev);
    expect(inOrder.map(({ rev }) => rev)).toEqual([1, 2, 3]);
    const settings = { ...defaults, ...wished };
    expect(inOrder.at(-1)).toMatchObject({ chat: { settings } });
    expect((await cluster.api('linus').call('chats.get', { params: { chatId } })).settings).toEqual(settings);
    expect((await set(ada, chatId, wished)).chat.rev).toBe(3);
  });

  test('C5 what a replica decided that died before it applied it holds for whoever looks next', async ({ cluster }) => {
    const { chatId, ada } = await scene(cluster);
    await decide(cluster, chatId, ada, 1, 'chat:updated', { ...defaults, mayPost: 'admins' });
    const fresh = await cluster.client('grace', { replica: 2 });
    expect(fresh.sdk.view(chatId)?.chat).toMatchObject({ rev: 1, settings: { mayPost: 'admins' } });
    expect((await fresh.refused('message:send', { chatId, text: 'no' })).code).toBe('chat/role_required');
  });
});

describe('C9 the owner', () => {
  test('C9 a hand-over is one change that tells of both, and the former owner is an admin who may leave', async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus, give, refused } = await scene(cluster);
    expect((await ada.refused('member:leave', { chatId })).code).toBe('chat/owner_required');
    await give(ada, grace, 'owner');
    for (const client of [ada, grace, linus]) {
      const told = await client.all('member:updated', (change) => change.chatId === chatId);
      expect(told).toMatchObject([
        {
          rev: 1,
          member: { user: { id: grace.userId }, role: 'owner' },
          previousOwner: { user: { id: ada.userId }, role: 'admin' },
        },
      ]);
    }
    expect([ada, grace].map(({ sdk }) => sdk.view(chatId)?.chat.role)).toEqual(['admin', 'owner']);
    expect(await rolesOf(cluster, chatId, 'linus')).toEqual({ ada: 'admin', grace: 'owner', linus: 'member' });
    expect(await refused(ada, linus, 'admin')).toBe('chat/role_required');
    expect(await refused(ada, linus, 'owner')).toBe('chat/role_required');
    expect((await ada.refused('chat:delete', { chatId })).code).toBe('chat/role_required');
    expect((await grace.refused('member:leave', { chatId })).code).toBe('chat/owner_required');
    await ada.command('member:leave', { chatId });
    await grace.command('chat:delete', { chatId });
  });

  test('C9 in a chat that an older version made as well', async ({ cluster }) => {
    const { chatId, ada, grace, give } = await scene(cluster);
    const chats = (await cluster.mongo.database()).collection('chats');
    await chats.updateOne({ _id: oid(chatId) }, { $unset: { ownerId: 1 } });
    expect(await rolesOf(cluster, chatId)).toEqual({ ada: 'owner', grace: 'member', linus: 'member' });
    await give(ada, grace, 'owner');
    expect(await rolesOf(cluster, chatId)).toEqual({ ada: 'admin', grace: 'owner', linus: 'member' });
    expect(await chats.findOne({ _id: oid(chatId) })).toMatchObject({ ownerId: oid(grace.userId), rolesRev: 1 });
  });

  test('C9 of hand-overs, a leave and a removal at once, through three replicas, one comes first', async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus, give } = await scene(cluster);
    await give(ada, linus, 'admin');
    await give(ada, grace, 'admin');
    const devices = await Promise.all([1, 2, 3].map((replica) => cluster.client('ada', { replica })));
    const outcomes = await Promise.allSettled([
      give(devices[0]!, grace, 'owner'),
      give(devices[1]!, linus, 'owner'),
      devices[2]!.command('member:remove', { chatId, userId: grace.userId }),
      linus.command('member:leave', { chatId }),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    const roles = Object.values(await rolesOf(cluster, chatId));
    expect(roles.filter((role) => role === 'owner')).toHaveLength(1);
  });
});

describe('C5 a replica that dies before it applies a change of roles', () => {
  test('whoever looks next applies it: who owns the chat is one person all the time', async ({ cluster }) => {
    const { chatId, ada, grace, refused, give, linus } = await scene(cluster);
    await decide(cluster, chatId, ada, 1, 'member:updated', handOver(grace, ada));
    const fresh = await cluster.client('linus', { replica: 2 });
    expect(fresh.sdk.view(chatId)?.chat.rev).toBe(1);
    expect(await rolesOf(cluster, chatId)).toEqual({ ada: 'admin', grace: 'owner', linus: 'member' });
    expect(await refused(ada, linus, 'admin')).toBe('chat/role_required');
    expect((await give(grace, linus, 'admin')).member.role).toBe('admin');
  });

  test('of what was half applied, the rest follows, and all are told', async ({ cluster }) => {
    const { chatId, ada, grace, linus } = await scene(cluster);
    const chats = (await cluster.mongo.database()).collection('chats');
    // As far as a replica came: the chat knows its owner, and no membership does.
    await chats.updateOne({ _id: oid(chatId) }, { $set: { ownerId: oid(grace.userId) } });
    await decide(cluster, chatId, ada, 1, 'member:updated', handOver(grace, ada), new Date(0));
    for (const client of [ada, grace, linus])
      expect(await client.next('member:updated', ({ rev }) => rev === 1, patienceMs)).toMatchObject({
        member: { role: 'owner', user: { id: grace.userId } },
        previousOwner: { role: 'admin', user: { id: ada.userId } },
      });
    await vi.waitFor(async () => expect(await isPending(cluster, chatId, 1)).toBe(false), patienceMs);
    expect(await rolesOf(cluster, chatId)).toEqual({ ada: 'admin', grace: 'owner', linus: 'member' });
    expect((await ada.refused('chat:delete', { chatId })).code).toBe('chat/role_required');
    await grace.command('chat:delete', { chatId });
  });

  test('killed in the middle of many, it leaves nothing half done', async ({ cluster }) => {
    const { chatId, ada, grace, linus } = await scene(cluster);
    const [adaId, graceId, linusId] = [ada, grace, linus].map(({ userId }) => userId) as [string, string, string];
    const given: readonly Role[] = ['admin', 'guest', 'member'];
    const acts = Array.from({ length: 20 }, (_, index) => {
      const userId = index % 2 === 0 ? graceId : linusId;
      return ada.sdk.command('member:update', { chatId, userId, role: given[index % 3]! });
    });
    const over = Promise.allSettled(acts);
    await grace.next('member:updated', (change) => change.chatId === chatId);
    await cluster.replica(1).kill();
    await over;
    await cluster.replica(1).start();
    const changes = (await cluster.mongo.database()).collection('changes');
    const roles = new Map<string, Role>([
      [adaId, 'owner'],
      [graceId, 'member'],
      [linusId, 'member'],
    ]);
    for (const { body } of await changes
      .find({ chatId: oid(chatId) })
      .sort({ rev: 1 })
      .toArray())
      roles.set((body as { userId: string }).userId, (body as { role: Role }).role);
    const pending = () => changes.countDocuments({ chatId: oid(chatId), pending: true });
    await vi.waitFor(async () => expect(await pending()).toBe(0), patienceMs);
    const { items } = await cluster.api('linus', { replica: 2 }).call('members.list', { params: { chatId } });
    expect(new Map(items.map(({ user, role }) => [user.id, role]))).toEqual(roles);
    // And it goes on.
    const again = await cluster.client('ada', { replica: 2 });
    await again.sdk.updateMember(chatId, linusId, 'owner');
    await linus.command('member:remove', { chatId, userId: adaId });
  });
});
