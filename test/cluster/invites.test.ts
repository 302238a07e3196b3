import { describe, expect } from 'vitest';
import { ChatError, limits } from '@roost/contract';
import type { RequestInput } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';
import { decide, isPending, oid } from '../support/chat-story.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';
import { groupNames, smallGroup } from '../support/small-group.js';

const test = sharedClusterTest(threeReplicas);

async function scene(cluster: Cluster) {
  const group = await smallGroup(cluster);
  const { chatId } = group;
  const invite = async (by: TestClient, wish: Omit<RequestInput<'invite:create'>, 'chatId'> = {}) =>
    (await by.command('invite:create', { chatId, ...wish })).invite;
  return { ...group, invite };
}

const stored = async (cluster: Cluster, name: string) => (await cluster.mongo.database()).collection(name);
const listed = async (cluster: Cluster, chatId: string, as: string) =>
  (await cluster.api(as).call('invites.list', { params: { chatId } })).items;

/** What both doors say to somebody who tries an invite: one answer, of which nothing can be told. */
async function tried(cluster: Cluster, who: TestClient, name: string, token: string): Promise<string> {
  const answers = [
    await cluster.http(`GET /invites/${token}`, { as: name }, { replica: 2 }),
    await cluster.http(`POST /invites/${token}`, { as: name, body: {} }, { replica: 3 }),
  ];
  const said = answers.map((answer) => [answer.status, refusedCall(answer)]);
  const { code, error } = await who.refused('invite:accept', { token });
  for (const one of said) expect(one).toMatchObject([404, { success: false, code, error, retryable: false }]);
  return code;
}

describe('C11 invites', () => {
  test('C11 an invite brings people in, who are told as any others, and tells before what it is for', async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus, hedy, invite } = await scene(cluster);
    await ada.command('chat:update', { chatId, title: 'Engines' });
    const made = await invite(grace, { expiresInSeconds: 3_600, maxUses: 2 });
    const { token, ...shown } = made;
    expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(16);
    expect(shown).toMatchObject({ chatId, by: { id: grace.userId }, role: 'member', maxUses: 2, uses: 0 });
    expect(JSON.stringify(await (await stored(cluster, 'invites')).find().toArray())).not.toContain(token);

    const before = await cluster.http(`GET /invites/${token}`, { as: 'hedy' }, { replica: 3 });
    expect(before.body).toEqual({ type: 'group', title: 'Engines', memberCount: 3, role: 'member' });
    const chat = await hedy.sdk.acceptInvite(token);
    expect(chat).toMatchObject({ id: chatId, memberCount: 4, role: 'member', unreadCount: 0 });
    expect(hedy.sdk.view(chatId)?.chat.title).toBe('Engines');
    for (const client of [ada, grace, linus]) {
      const told = await client.next('member:added', (change) => change.chatId === chatId);
      expect(told).toMatchObject({ by: hedy.userId, member: { user: { id: hedy.userId }, role: 'member' } });
    }
    await hedy.next('chat:created', ({ id }) => id === chatId);
    await hedy.send(chatId, 'here I am');
    await linus.next('message:new', ({ text }) => text === 'here I am');

    // Again, by whatever door, also by who came otherwise: nothing changes.
    const again = await cluster.http(`POST /invites/${token}`, { as: 'hedy', body: {} }, { replica: 3 });
    expect(again).toMatchObject({ status: 200, body: { id: chatId, memberCount: 4 } });
    await linus.command('invite:accept', { token });
    expect(await listed(cluster, chatId, 'ada')).toEqual([{ ...shown, uses: 1 }]);
    expect(await (await stored(cluster, 'changes')).countDocuments({ chatId: oid(chatId), kind: 'member:added' })).toBe(
      1,
    );
  });

  test('C6 C11 who may add people makes invites, sees and ends their own, and admins all', async ({ cluster }) => {
    const { chatId, ada, linus, hedy } = await scene(cluster);
    const path = `/chats/${chatId}/invites`;
    const refused = await cluster.http(`POST ${path}`, { as: 'linus', body: {} });
    expect([refused.status, refusedCall(refused).code]).toEqual([403, 'chat/role_required']);
    await ada.command('chat:update', { chatId, settings: { mayAddMembers: 'everyone' } });
    const answer = await cluster.http(`POST ${path}`, { as: 'linus', body: { role: 'guest' } }, { replica: 3 });
    expect(answer).toMatchObject({ status: 201, body: { role: 'guest', token: expect.any(String) } });
    const own = answer.body as { id: string; token: string };
    const { token: _, ...ofAda } = await ada.sdk.createInvite(chatId);
    expect((await listed(cluster, chatId, 'linus')).map(({ id }) => id)).toEqual([own.id]);
    expect((await listed(cluster, chatId, 'grace')).map(({ id }) => id)).toEqual([own.id, ofAda.id]);
    expect((await hedy.command('invite:accept', { token: own.token })).chat.role).toBe('guest');
    expect(await listed(cluster, chatId, 'hedy')).toEqual([]);

    const revoke = { chatId, inviteId: ofAda.id };
    expect((await linus.refused('invite:revoke', revoke)).code).toBe('chat/role_required');
    expect((await ada.refused('invite:revoke', { chatId, inviteId: 'a'.repeat(24) })).code).toBe('invite/invalid');
    for (const _again of [1, 2])
      expect((await cluster.http(`DELETE ${path}/${ofAda.id}`, { as: 'grace' })).status).toBe(204);
    await linus.sdk.revokeInvite(chatId, own.id);
    expect(await listed(cluster, chatId, 'ada')).toEqual([]);
    const direct = await cluster.chat({ members: ['ada', 'linus'], type: 'direct' });
    expect((await ada.refused('invite:create', { chatId: direct.id })).code).toBe('chat/direct_fixed');
  });

  test('C11 whatever is wrong with an invite, the refusal is the same and costs nothing', async ({ cluster }) => {
    const { chatId, ada, grace, linus, hedy, invite } = await scene(cluster);
    const invalid = async (token: string) => expect(await tried(cluster, hedy, 'hedy', token)).toBe('invite/invalid');
    const isGood = async (token: string) =>
      expect((await cluster.http(`GET /invites/${token}`, { as: 'hedy' })).status).toBe(200);
    await invalid('no-such-token');

    const expired = await invite(grace, { expiresInSeconds: 3_600 });
    await (await stored(cluster, 'invites')).updateOne({ _id: oid(expired.id) }, { $set: { expiresAt: new Date() } });
    await invalid(expired.token);

    const revoked = await invite(grace);
    await ada.command('invite:revoke', { chatId, inviteId: revoked.id });
    await invalid(revoked.token);

    const { token } = await invite(grace, { maxUses: 1 });
    await ada.command('member:ban', { chatId, userId: hedy.userId });
    await invalid(token);
    await ada.command('member:unban', { chatId, userId: hedy.userId });
    await isGood(token);

    // Its maker: a role, a setting, an account, a membership.
    await ada.command('member:update', { chatId, userId: grace.userId, role: 'member' });
    await invalid(token);
    await ada.command('chat:update', { chatId, settings: { mayAddMembers: 'everyone' } });
    await isGood(token);
    await ada.command('chat:update', { chatId, settings: { mayAddMembers: 'admins' } });
    await invalid(token);
    await ada.command('member:update', { chatId, userId: grace.userId, role: 'admin' });
    const users = await stored(cluster, 'users');
    await users.updateOne({ _id: oid(grace.userId) }, { $set: { disabledAt: new Date() } });
    await invalid(token);
    await users.updateOne({ _id: oid(grace.userId) }, { $unset: { disabledAt: 1 } });
    await isGood(token);
    expect(await listed(cluster, chatId, 'ada')).toMatchObject([{ uses: 0, maxUses: 1 }]);

    await linus.command('invite:accept', { token });
    await isGood(token);
    await ada.command('member:remove', { chatId, userId: grace.userId });
    await ada.command('member:add', { chatId, userIds: [grace.userId] });
    await ada.command('member:update', { chatId, userId: grace.userId, role: 'admin' });
    await invalid(token);
    expect(await listed(cluster, chatId, 'ada')).toEqual([]);

    const last = await invite(ada);
    await isGood(last.token);
    await ada.command('chat:delete', { chatId });
    await invalid(last.token);
  });

  test('C11 a use is a person: who has left is back for nothing, and what was used up stays so', async ({
    cluster,
  }) => {
    const { chatId, ada, hedy, invite } = await scene(cluster);
    const { token } = await invite(ada, { maxUses: 1 });
    const joan = await cluster.client('joan', { replica: 3 });
    await hedy.command('invite:accept', { token, clientMutationId: 'tap-1' });
    expect(await tried(cluster, joan, 'joan', token)).toBe('invite/invalid');
    await hedy.command('member:leave', { chatId });
    expect(await tried(cluster, joan, 'joan', token)).toBe('invite/invalid');
    // What was asked for before one left, and comes late, brings nobody back.
    expect((await hedy.refused('invite:accept', { token, clientMutationId: 'tap-1' })).code).toBe('invite/invalid');
    expect((await hedy.command('invite:accept', { token, clientMutationId: 'tap-2' })).chat.memberCount).toBe(4);
    const causes = await stored(cluster, 'changes');
    expect(await causes.countDocuments({ chatId: oid(chatId), cause: { $exists: true } })).toBe(1);
    expect(await listed(cluster, chatId, 'ada')).toEqual([]);
  });

  test('C11 of very many at once through three replicas as many get in as it says, each once', async ({ cluster }) => {
    const { chatId, ada, invite } = await scene(cluster);
    const maxUses = 5;
    const { id, token } = await invite(ada, { maxUses });
    const guests = Array.from({ length: 9 }, (_, index) => `guest-${index}`);
    const devices = await Promise.all(
      guests.flatMap((name, index) =>
        [0, 1].map(async (device) => ({
          name,
          client: await cluster.client(name, { replica: ((index + device) % 3) + 1 }),
        })),
      ),
    );
    const outcomes = await Promise.all(
      devices.map(async ({ name, client }) => ({
        name,
        outcome: await client.sdk.command('invite:accept', { token }).then(
          ({ chat }) => chat.id,
          (error: unknown) => {
            if (!(error instanceof ChatError)) throw error;
            return error.code;
          },
        ),
      })),
    );
    const inside = new Set(outcomes.flatMap(({ name, outcome }) => (outcome === chatId ? name : [])));
    expect(inside.size).toBe(maxUses);
    // Both devices of a person are told the same, and nobody anything else.
    for (const { name, outcome } of outcomes) expect(outcome).toBe(inside.has(name) ? chatId : 'invite/invalid');
    const made = await (
      await stored(cluster, 'changes')
    )
      .find({ chatId: oid(chatId), cause: `invite ${id}` })
      .toArray();
    expect(new Set(made.map(({ by }) => String(by))).size).toBe(maxUses);
    expect(made).toHaveLength(maxUses);
    const { items } = await cluster.api('ada').call('members.list', { params: { chatId } });
    expect(items).toHaveLength(groupNames.length + maxUses);
    expect(await listed(cluster, chatId, 'ada')).toEqual([]);
  });

  test('C11 a replica that dies before it applies a use: nobody has it again, and the person is in', async ({
    cluster,
  }) => {
    const { chatId, ada, linus, hedy, invite } = await scene(cluster);
    const { id, token } = await invite(ada, { maxUses: 1 });
    const joan = await cluster.client('joan', { replica: 3 });
    const more = { cause: `invite ${id}`, ends: [`member ${hedy.userId} 0`, `use ${id} 1`] };
    const body = { userId: hedy.userId, role: 'member', readSeq: 0 };
    await decide(cluster, chatId, hedy, 2, 'member:added', body, new Date(), more);
    expect((await joan.refused('invite:accept', { token })).code).toBe('invite/invalid');
    expect((await hedy.command('invite:accept', { token })).chat.memberCount).toBe(4);
    await linus.command('chat:join', { chatId });
    expect(await isPending(cluster, chatId, 2)).toBe(true);
    // Nor before anybody has applied it, by who decides on the same use.
    const other = await invite(ada, { maxUses: 1 });
    const [joanId] = await cluster.idsOf('joan');
    const theirs = { cause: `invite ${other.id}`, ends: [`member ${joanId} 0`, `use ${other.id} 1`] };
    await decide(cluster, chatId, joan, 3, 'member:added', { ...body, userId: joanId }, new Date(), theirs);
    const [, refused] = await Promise.all([
      joan.command('invite:accept', { token: other.token }),
      cluster.client('mary').then((mary) => mary.refused('invite:accept', { token: other.token })),
    ]);
    expect(refused.code).toBe('invite/invalid');
  });

  test('A7 C11 an invite is made once under its name, and its token told again to who named it', async ({
    cluster,
  }) => {
    const { chatId, ada, invite } = await scene(cluster);
    const there = await cluster.client('ada', { replica: 2 });
    const wish = { expiresInSeconds: 60, maxUses: 3, role: 'guest', clientMutationId: 'lost' } as const;
    const made = await Promise.all([ada, there, ada, there].map((device) => invite(device, wish)));
    for (const one of made) expect(one).toEqual(made[0]);
    expect(await listed(cluster, chatId, 'ada')).toHaveLength(1);
    const { maxUses: _, ...another } = wish;
    expect((await there.refused('invite:create', { chatId, ...another })).code).toBe('request/mutation_id_reused');
    await ada.command('invite:revoke', { chatId, inviteId: made[0]!.id });
    expect((await invite(there, wish)).token).toBe(made[0]!.token);
    expect(await listed(cluster, chatId, 'ada')).toEqual([]);
    // A name is one's own, in one chat.
    expect((await invite(await cluster.client('grace'), wish)).id).not.toBe(made[0]!.id);
  });

  test('C11 a chat has so many invites that can be used, however many are made at once', async ({ cluster }) => {
    const { chatId, ada, invite } = await scene(cluster);
    const first = await invite(ada);
    const invites = await stored(cluster, 'invites');
    const { _id, ...like } = (await invites.findOne({ chatId: oid(chatId) }))!;
    const others = Array.from({ length: limits.invitesPerChat - 2 }, (_, index) => ({
      ...like,
      place: index + 1,
      tokenHash: `${first.id} ${index}`,
    }));
    await invites.insertMany(others);
    const devices = [ada, await cluster.client('ada', { replica: 2 }), await cluster.client('ada', { replica: 3 })];
    const create = (device: TestClient) =>
      device.sdk.command('invite:create', { chatId }).then(
        () => 'made',
        (error: unknown) => (error instanceof ChatError ? error.code : String(error)),
      );
    const outcomes = await Promise.all(devices.map(create));
    expect(outcomes.toSorted()).toEqual(['invite/too_many', 'invite/too_many', 'made']);
    expect(await listed(cluster, chatId, 'ada')).toHaveLength(limits.invitesPerChat);
    await invites.updateOne({ tokenHash: `${first.id} 7` }, { $set: { expiresAt: new Date() } });
    expect(await create(ada)).toBe('made');
    expect(await create(ada)).toBe('invite/too_many');
    expect(await listed(cluster, chatId, 'ada')).toHaveLength(limits.invitesPerChat);
  });
});
