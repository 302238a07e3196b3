import { describe, expect, vi } from 'vitest';
import { ChatError } from '@roost/contract';
import type { Ban } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';
import { decide, oid } from '../support/chat-story.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { refusedCall } from '../support/refusals.js';
import { smallGroup } from '../support/small-group.js';

const test = sharedClusterTest(threeReplicas);

async function scene(cluster: Cluster) {
  const group = await smallGroup(cluster);
  const { chatId } = group;
  const add = (by: TestClient, { userId }: TestClient) => by.command('member:add', { chatId, userIds: [userId] });
  const notAdded = (by: TestClient, { userId }: TestClient) => by.refused('member:add', { chatId, userIds: [userId] });
  return { ...group, add, notAdded };
}

const bansOf = async (cluster: Cluster, chatId: string, as = 'ada'): Promise<Ban[]> =>
  (await cluster.api(as).call('bans.list', { params: { chatId } })).items;

const isActive = async (cluster: Cluster, chatId: string, { userId }: TestClient): Promise<boolean> => {
  const members = (await cluster.mongo.database()).collection('members');
  return (await members.countDocuments({ chatId: oid(chatId), userId: oid(userId), active: true })) === 1;
};

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

/** What who adds somebody may be told, while others ban them. */
const mayBe = (error: unknown): void => {
  if (!(error instanceof ChatError) || error.code !== 'member/banned') throw error;
};

/** The state that a ban of who was not changed yet ends. */
const ends = ({ userId }: TestClient) => ({ ends: `member ${userId} 0` });

describe('C5 bans', () => {
  test('C5 who is banned is removed, told so last of all, and added by nobody until the ban ends', async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus, add, notAdded } = await scene(cluster);
    await linus.send(chatId, 'here');
    await grace.command('member:ban', { chatId, userId: linus.userId, reason: 'spam, again' });
    await ada.send(chatId, 'without Linus');
    for (const client of [ada, grace, linus]) {
      const told = await client.all('member:removed', (change) => change.chatId === chatId);
      // Why is not for all to see.
      const head = { chatId, rev: 2, kind: 'member:removed', by: grace.userId, at: expect.any(String) };
      expect(told).toEqual([{ ...head, userId: linus.userId, reason: 'banned' }]);
    }
    await linus.silence('message:new', ({ text }) => text === 'without Linus');
    expect((await linus.refused('message:send', { chatId, text: 'hello?' })).code).toBe('chat/access_denied');
    const refusal = { code: 'member/banned', details: [{ path: linus.userId, message: 'is banned' }] };
    for (const by of [ada, grace]) expect(await notAdded(by, linus)).toMatchObject(refusal);
    const params = { chatId };
    const [hedyId] = await cluster.idsOf('hedy');
    const body = { userIds: [hedyId, linus.userId] };
    const answer = await cluster.http(`POST /chats/${chatId}/members`, { as: 'ada', body }, { replica: 2 });
    expect([answer.status, refusedCall(answer)]).toMatchObject([409, refusal]);
    const { items } = await cluster.api('ada').call('members.list', { params });
    expect(items.map(({ user }) => user.id)).toEqual([ada.userId, grace.userId]);

    expect(await bansOf(cluster, chatId, 'grace')).toEqual([
      {
        user: { id: linus.userId, displayName: 'Linus' },
        by: grace.userId,
        at: expect.any(String),
        reason: 'spam, again',
      },
    ]);
    await ada.command('member:unban', { chatId, userId: linus.userId });
    expect(await bansOf(cluster, chatId)).toEqual([]);
    await add(ada, linus);
    await linus.send(chatId, 'back');
  });

  test('C1 C5 who was never in it can be kept out, of which nobody is told whom it is about', async ({ cluster }) => {
    const { chatId, ada, linus, hedy, add, notAdded } = await scene(cluster);
    const path = `/chats/${chatId}/bans/${hedy.userId}`;
    const put = await cluster.http(`PUT ${path}`, { as: 'grace', body: { reason: 'knows why' } }, { replica: 2 });
    expect(put.status).toBe(204);
    expect((await notAdded(ada, hedy)).code).toBe('member/banned');
    const [told] = await linus.all('ban:changed', (change) => change.chatId === chatId);
    expect(told).toEqual({ chatId, rev: 2, kind: 'ban:changed', by: expect.any(String), at: expect.any(String) });
    await hedy.silence('ban:changed', () => true);
    // To her the chat is one like any other that is not hers.
    expect((await hedy.refused('member:leave', { chatId })).code).toBe('chat/access_denied');
    expect((await hedy.refused('chat:join', { chatId })).code).toBe('chat/access_denied');
    expect((await ada.refused('member:remove', { chatId, userId: hedy.userId })).code).toBe('member/unknown');
    expect(await bansOf(cluster, chatId)).toMatchObject([{ user: { id: hedy.userId }, reason: 'knows why' }]);

    expect((await cluster.http(`DELETE ${path}`, { as: 'ada' })).status).toBe(204);
    await add(ada, hedy);
    expect((await hedy.command('chat:join', { chatId })).chat.memberCount).toBe(4);
  });

  test('C5 C6 admins ban members and guests, the owner anybody else, and nobody else sees who is banned', async ({
    cluster,
  }) => {
    const { chatId, ada, grace, linus, hedy } = await scene(cluster);
    const refused = async (by: TestClient, { userId }: TestClient) =>
      (await by.refused('member:ban', { chatId, userId })).code;
    expect(await refused(linus, grace)).toBe('chat/role_required');
    expect(await refused(linus, hedy)).toBe('chat/role_required');
    expect((await linus.refused('member:unban', { chatId, userId: hedy.userId })).code).toBe('chat/role_required');
    const list = await cluster.http(`GET /chats/${chatId}/bans`, { as: 'linus' });
    expect([list.status, refusedCall(list).code]).toEqual([403, 'chat/role_required']);
    expect(await refused(grace, ada)).toBe('chat/role_required');
    expect(await refused(grace, grace)).toBe('chat/role_required');
    expect(await refused(ada, ada)).toBe('chat/owner_required');
    expect((await ada.refused('member:ban', { chatId, userId: 'a'.repeat(24) })).code).toBe('user/unknown');
    await ada.command('member:ban', { chatId, userId: grace.userId });
    const direct = await cluster.chat({ members: ['ada', 'linus'], type: 'direct' });
    expect((await ada.refused('member:ban', { chatId: direct.id, userId: linus.userId })).code).toBe(
      'chat/direct_fixed',
    );
  });

  test('C5 a ban ends by itself, can be made another one, and is none where it would be over', async ({ cluster }) => {
    const { chatId, ada, linus, add } = await scene(cluster);
    const request = { chatId, userId: linus.userId };
    expect(await ada.refused('member:ban', { ...request, expiresAt: inMs(-1_000) })).toMatchObject({
      code: 'request/invalid',
      details: [{ path: 'expiresAt' }],
    });
    await ada.command('member:ban', { ...request, expiresAt: inMs(3_600_000) });
    const soon = inMs(1_500);
    await ada.command('member:ban', { ...request, expiresAt: soon });
    expect(await bansOf(cluster, chatId)).toMatchObject([{ expiresAt: soon }]);
    await vi.waitFor(() => add(ada, linus), { timeout: patienceMs, interval: 100 });
    expect(Date.now()).toBeGreaterThanOrEqual(new Date(soon).getTime());
    expect(await bansOf(cluster, chatId)).toEqual([]);
    await linus.send(chatId, 'back');
  });

  test('C5 the list of bans is paged, every one once', async ({ cluster }) => {
    const { chatId, ada } = await scene(cluster);
    const userIds = await cluster.idsOf(...Array.from({ length: 5 }, (_, index) => `visitor-${index}`));
    for (const userId of userIds) await ada.command('member:ban', { chatId, userId });
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const query = { limit: 2, ...(cursor !== undefined && { cursor }) };
      const { items, next } = await cluster.api('ada').call('bans.list', { params: { chatId }, query });
      seen.push(...items.map(({ user }) => user.id));
      if (next === undefined) break;
      cursor = next;
    }
    expect(seen).toEqual(userIds);
  });
});

describe('C5 a ban wins', () => {
  test('C5 of bans and additions at once on two replicas, whoever is banned is out in the end', async ({ cluster }) => {
    const { chatId, ada, grace, linus, hedy } = await scene(cluster);
    const [there, other] = [await cluster.client('ada', { replica: 2 }), await cluster.client('grace', { replica: 1 })];
    for (let round = 0; round < 12; round++) {
      for (const { userId } of [linus, hedy]) {
        const add = { chatId, userIds: [userId] };
        await Promise.all([
          ...[ada, there, grace, other].map((client) => client.sdk.command('member:add', add).catch(mayBe)),
          ...[grace, other].map((client) => client.command('member:ban', { chatId, userId, reason: `round ${round}` })),
          ...[ada, there].map((client) => client.sdk.command('member:add', add).catch(mayBe)),
        ]);
        expect((await bansOf(cluster, chatId)).map(({ user }) => user.id)).toContain(userId);
      }
      for (const client of [linus, hedy]) expect(await isActive(cluster, chatId, client)).toBe(false);
      for (const { userId } of [linus, hedy]) await there.command('member:unban', { chatId, userId });
      await ada.command('member:add', { chatId, userIds: [linus.userId, ...(round % 2 === 0 ? [hedy.userId] : [])] });
      if (round % 2 === 0) await ada.command('member:remove', { chatId, userId: hedy.userId });
    }
    const fresh = await cluster.client('linus', { replica: 2 });
    const shown = ({ sdk }: TestClient) => sdk.view(chatId)?.chat;
    for (const client of [ada, there, grace, other, linus])
      await vi.waitFor(() => expect(shown(client)?.memberCount).toBe(shown(fresh)!.memberCount), patienceMs);
  });

  test('C5 a replica that dies before it applies a ban: nobody is added past it, and the rest follows', async ({
    cluster,
  }) => {
    const { chatId, ada, linus, hedy, notAdded } = await scene(cluster);
    await decide(
      cluster,
      chatId,
      ada,
      2,
      'ban:changed',
      { userId: hedy.userId, isBanned: true },
      undefined,
      ends(hedy),
    );
    expect((await notAdded(ada, hedy)).code).toBe('member/banned');
    const body = { userId: linus.userId, reason: 'banned', banReason: 'spam' };
    await decide(cluster, chatId, ada, 3, 'member:removed', body, new Date(0), ends(linus));
    expect(await linus.next('member:removed', ({ rev }) => rev === 3, patienceMs)).toMatchObject({ reason: 'banned' });
    expect((await notAdded(ada, linus)).code).toBe('member/banned');
    const reasons = new Map((await bansOf(cluster, chatId)).map(({ user, reason }) => [user.id, reason]));
    expect(reasons).toEqual(
      new Map([
        [linus.userId, 'spam'],
        [hedy.userId, undefined],
      ]),
    );
  });
});
