import { expect } from 'vitest';
import type { Chat } from '@roost/contract';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

const test = sharedClusterTest(oneReplica);

test('C1 joining answers with the sentence and the chat', async ({ cluster }) => {
  const { id } = await cluster.chat({ members: ['ada', 'grace'] });
  const grace = await cluster.client('grace');
  const reply = await grace.command('chat:join', { chatId: id });
  expect(reply).toMatchObject({
    success: true,
    message: `Joined chat ${id}`,
    chat: { id, role: 'member', memberCount: 2 },
  });
  expect(reply.chat.members?.map(({ displayName }) => displayName)).toEqual(['Ada', 'Grace']);
});

test('C1 an id in capitals names the same chat', async ({ cluster }) => {
  const { id } = await cluster.chat({ members: ['ada', 'grace'] });
  const grace = await cluster.client('grace');
  expect((await grace.command('chat:join', { chatId: id.toUpperCase() })).message).toBe(`Joined chat ${id}`);
});

test("C2 after leaving on this socket a member still gets the chat's facts", async ({ cluster }) => {
  const { id } = await cluster.chat({ members: ['ada', 'grace'] });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  await grace.command('chat:join', { chatId: id });
  expect((await grace.command('chat:leave', { chatId: id })).message).toBe(`Left chat ${id}`);
  const sent = await ada.send(id, 'still there?');
  expect((await grace.next('message:new', (message) => message.id === sent.id)).text).toBe('still there?');
});

test('C3 creating answers with an empty chat that the caller owns; who is named twice is there once', async ({
  cluster,
}) => {
  const [adaId, graceId] = await cluster.idsOf('ada', 'grace');
  const chat = await cluster.api('ada').call('chats.create', {
    body: { type: 'group', title: '  Ana\u0301lisis ', memberIds: [graceId, graceId, adaId] },
  });
  expect(chat).toMatchObject({
    type: 'group',
    title: 'An\u00e1lisis',
    createdBy: adaId,
    lastSeq: 0,
    rev: 0,
    memberCount: 2,
    role: 'owner',
    unreadCount: 0,
  });
  expect(chat.lastMessage).toBeUndefined();
});

test('C8 a title that cannot be read is refused, in a sentence', async ({ cluster }) => {
  const { id } = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada');
  for (const [title, message] of [
    ['\u200b\u3164', 'must have something that can be seen'],
    ['Sales \u202egnp.exe', 'must not turn the direction of writing'],
    ['a\u0316\u0317\u0318\u0319\u031c', 'must not have more than 4 marks on a letter'],
  ] as const) {
    const refusal = { code: 'request/invalid', details: [{ path: 'title', message }] };
    expect(await ada.refused('chat:update', { chatId: id, title })).toMatchObject(refusal);
    const body = { type: 'group', title, memberIds: [] };
    expect(refusedCall(await cluster.http('POST /chats', { as: 'ada', body }))).toMatchObject(refusal);
  }
  expect((await ada.command('chat:update', { chatId: id, title: ' Team\u00a0 👩‍👩‍👧 ' })).chat.title).toBe('Team 👩‍👩‍👧');
});

test('C3 with somebody who does not exist nothing is created, and the answer names them', async ({ cluster }) => {
  const [graceId] = await cluster.idsOf('grace');
  const nobody = 'a'.repeat(24);
  const grace = await cluster.client('grace');
  const before = await (await cluster.mongo.database()).collection('chats').countDocuments({ title: 'haunted' });
  const answer = await cluster.http('POST /chats', {
    as: 'ada',
    body: { type: 'group', title: 'haunted', memberIds: [graceId, nobody] },
  });
  expect(refusedCall(answer)).toMatchObject({ code: 'user/unknown', details: [{ path: nobody }] });
  expect(await (await cluster.mongo.database()).collection('chats').countDocuments({ title: 'haunted' })).toBe(before);
  await grace.silence('chat:created', ({ title }) => title === 'haunted');
});

test('C4 a direct chat with oneself is request/invalid', async ({ cluster }) => {
  const [adaId] = await cluster.idsOf('ada');
  const draft = { type: 'direct' as const, memberIds: [adaId] };
  const ada = await cluster.client('ada');
  expect((await ada.refused('chat:create', draft)).code).toBe('request/invalid');
  expect((await cluster.http('POST /chats', { as: 'ada', body: draft })).status).toBe(400);
});

test('C4 the two people of a direct chat stay the same', async ({ cluster }) => {
  const { id } = await cluster.chat({ members: ['ada', 'grace'], type: 'direct' });
  const [linusId, graceId] = await cluster.idsOf('linus', 'grace');
  const ada = await cluster.client('ada');
  expect((await ada.refused('member:add', { chatId: id, userIds: [linusId] })).code).toBe('chat/direct_fixed');
  expect((await ada.refused('member:remove', { chatId: id, userId: graceId })).code).toBe('chat/direct_fixed');
  expect((await ada.refused('member:leave', { chatId: id })).code).toBe('chat/direct_fixed');
});

test('C6 only the owner deletes; members neither add nor remove', async ({ cluster }) => {
  const { id } = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const [linusId, adaId] = await cluster.idsOf('linus', 'ada');
  const grace = await cluster.client('grace');
  expect((await grace.refused('chat:delete', { chatId: id })).code).toBe('chat/role_required');
  expect((await grace.refused('member:add', { chatId: id, userIds: [linusId] })).code).toBe('chat/role_required');
  expect((await grace.refused('member:remove', { chatId: id, userId: linusId })).code).toBe('chat/role_required');
  expect((await grace.refused('member:remove', { chatId: id, userId: adaId })).code).toBe('chat/role_required');
  const answer = await cluster.http(`DELETE /chats/${id}`, { as: 'grace' });
  expect([answer.status, refusedCall(answer).code]).toEqual([403, 'chat/role_required']);
  const ada = await cluster.client('ada');
  expect((await ada.refused('member:leave', { chatId: id })).code).toBe('chat/owner_required');
  const [hedyId] = await cluster.idsOf('hedy');
  expect((await ada.refused('member:remove', { chatId: id, userId: hedyId })).code).toBe('member/unknown');
});

test('lists of chats and members are paged: every one once, newest activity first', async ({ cluster }) => {
  const names = Array.from({ length: 7 }, (_, index) => `guest-${index}`);
  const chats: Chat[] = [];
  for (let index = 0; index < 5; index++) chats.push(await cluster.chat({ members: ['hedy', ...names] }));
  const api = cluster.api('hedy');
  await api.call('messages.send', { body: { chatId: chats[1]!.id, text: 'up' } });
  const moved = async () => (await api.call('chats.list', { query: { limit: 1 } })).items[0]?.id;
  await expect.poll(moved).toBe(chats[1]!.id);

  const seen: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await api.call('chats.list', { query: { limit: 2, ...(cursor !== undefined && { cursor }) } });
    seen.push(...page.items.map(({ id }) => id));
    if (page.next === undefined) break;
    cursor = page.next;
  }
  expect(seen).toEqual([1, 4, 3, 2, 0].map((index) => chats[index]!.id));

  const people: string[] = [];
  const params = { chatId: chats[0]!.id };
  for (let cursor: string | undefined; ;) {
    const page = await api.call('members.list', {
      params,
      query: { limit: 3, ...(cursor !== undefined && { cursor }) },
    });
    people.push(...page.items.map(({ user }) => user.displayName.toLowerCase()));
    if (page.next === undefined) break;
    cursor = page.next;
  }
  expect(people.toSorted()).toEqual(['hedy', ...names].toSorted());
});
