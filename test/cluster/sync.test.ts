import { describe, expect, vi } from 'vitest';
import type { ChatSync } from '@roost/contract';
import type { TestClient } from '@roost/testing';
import { checkRefusal } from '@roost/testing';
import { decide, oid, said } from '../support/chat-story.js';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { historyOf } from '../support/writing.js';

/** One page of messages and some more. */
const behindMax = 120;
const plenty = { SENDS_PER_S: '1000', SENDS_BURST: '1000', COMMANDS_PER_S: '1000', COMMANDS_BURST: '1000' };
const test = clusterTest({
  replicas: 2,
  settings: { SYNC_BEHIND_MAX: String(behindMax), ...plenty },
});
const nobodys = 'a'.repeat(24);
const start = { seq: 0, rev: 0 };

describe('sync', () => {
  test('S1 tells every message and every change after a position, and where that leads', async ({ cluster }) => {
    const { chatId, sent, ada } = await said(cluster, 5);
    await ada.command('message:edit', { messageId: sent[1]!.id, text: 'edited' });
    await ada.command('message:delete', { messageId: sent[3]!.id });
    const grace = await cluster.client('grace', { replica: 2 });
    const all = await synced(grace, chatId, start);
    expect(all).toMatchObject({ seq: 5, rev: 2, more: false });
    expect(textsOf(all)).toEqual(['1', 'edited', '3', '', '5']);
    expect(changesOf(all)).toEqual([
      [1, 'message:edited'],
      [2, 'message:deleted'],
    ]);
    const rest = await synced(grace, chatId, { seq: 4, rev: 1 });
    expect([textsOf(rest), changesOf(rest)]).toEqual([['5'], [[2, 'message:deleted']]]);
    const nothing = { seq: 5, rev: 2, readSeq: 0, messages: [], changes: [], more: false };
    expect(await synced(grace, chatId, { seq: 5, rev: 2 })).toEqual(nothing);
  });

  test('S1 more than a page comes in pages; further behind, or beyond the head, it begins anew', async ({
    cluster,
  }) => {
    const { chatId, ada } = await said(cluster, behindMax + 1);
    const first = await synced(ada, chatId, { seq: 1, rev: 0 });
    expect(first).toMatchObject({ seq: 101, rev: 0, more: true });
    const second = await synced(ada, chatId, { seq: 101, rev: 0 });
    expect(second).toMatchObject({ seq: behindMax + 1, rev: 0, more: false });
    expect([...textsOf(first), ...textsOf(second)]).toEqual(numbers(2, behindMax + 1).map(String));

    for (const position of [start, { seq: behindMax + 2, rev: 0 }, { seq: behindMax + 1, rev: 1 }]) {
      const reset = await synced(ada, chatId, position);
      expect(reset).toMatchObject({ reset: true, chat: { id: chatId, lastSeq: behindMax + 1, rev: 0 } });
      expect(textsOf(reset)).toEqual(numbers(behindMax - 48, behindMax + 1).map(String));
    }
  });

  test('S1 of changes that a later one replaced only that is told, however many they were', async ({ cluster }) => {
    const { chatId, sent, ada } = await said(cluster, 3);
    const edits = behindMax + 60;
    for (let edit = 1; edit <= edits; edit++)
      await ada.command('message:edit', { messageId: sent[edit % 2]!.id, text: `edit ${edit}` });
    for (const title of ['one', 'two', 'three']) await ada.command('chat:update', { chatId, title });
    const grace = await cluster.client('grace', { replica: 2 });
    const all = await synced(grace, chatId, { seq: 3, rev: 0 });
    expect(all).toMatchObject({ seq: 3, rev: edits + 3, more: false });
    expect(changesOf(all)).toEqual([
      [edits - 1, 'message:edited'],
      [edits, 'message:edited'],
      [edits + 3, 'chat:updated'],
    ]);
    expect(await synced(grace, chatId, { seq: 3, rev: 5 })).toMatchObject({ rev: edits + 3, more: false });
    const many = await Promise.all(
      Array.from({ length: behindMax + 1 }, (_, index) => ada.send(chatId, `number ${index}`)),
    );
    await Promise.all(many.map(({ id: messageId }) => ada.command('message:edit', { messageId, text: 'edited' })));
    const later = await synced(grace, chatId, { seq: 3 + many.length, rev: 0 });
    expect(later).toMatchObject({ reset: true });
    const { rev } = (await synced(grace, chatId, { seq: 3 + many.length, rev: 10 + edits })) as { rev: number };
    expect(rev).toBe(10 + edits + 100);
  });

  test('S1 C5 C7 what is not a chat of the caller, any more or ever, is gone, whatever the reason', async ({
    cluster,
  }) => {
    const members = ['ada', 'grace'];
    const [left, deleted, removed] = await Promise.all([1, 2, 3].map(() => cluster.chat({ members })));
    const others = await cluster.chat({ members: ['ada'] });
    const [ada, grace] = await cluster.clients('ada', 'grace');
    await grace.command('member:leave', { chatId: left!.id });
    await ada.command('chat:delete', { chatId: deleted!.id });
    await ada.command('member:remove', { chatId: removed!.id, userId: grace.userId });
    const ids = [left!.id, deleted!.id, removed!.id, others.id, nobodys];
    const { chats } = await grace.command('sync', { chats: Object.fromEntries(ids.map((id) => [id, start])) });
    expect(ids.map((id) => chats[id])).toEqual(ids.map(() => ({ gone: true })));
  });

  test('S1 chats that are new to the caller are told, newest activity first, unless they are not wanted', async ({
    cluster,
  }) => {
    const members = ['hedy', 'ada'];
    const known = await cluster.chat({ members });
    const fresh = [await cluster.chat({ members }), await cluster.chat({ members })];
    const [hedy] = await cluster.clients('hedy');
    const [older, newer] = fresh.map(({ id }) => id);
    const { chats } = await hedy.command('sync', { chats: { [known.id]: start } });
    expect(Object.keys(chats).filter((id) => id === older || id === newer)).toEqual([newer, older]);
    expect(chats[older!]).toMatchObject({ chat: { id: older, role: 'owner' } });
    const asked = await hedy.command('sync', { chats: { [known.id]: start }, includeNew: false });
    expect(Object.keys(asked.chats)).toEqual([known.id]);
  });

  test('S1 no more than 1,000 chats in one request; whatever is not theirs is gone', async ({ cluster }) => {
    const socket = await cluster.socket('grace');
    const thousand = positions(1000);
    const { success, chats } = (await socket.ask('sync', { chats: thousand, includeNew: false })) as Answer;
    expect([success, Object.keys(chats).length]).toEqual([true, 1000]);
    expect(new Set(Object.values(chats).map((one) => JSON.stringify(one)))).toEqual(new Set(['{"gone":true}']));
    expect(checkRefusal(await socket.ask('sync', { chats: positions(1001) })).code).toBe('request/invalid');
  });

  test.for([
    { seq: -1, rev: 0 },
    { seq: 0.5, rev: 0 },
    { seq: '1', rev: 0 },
    { seq: 0 },
    { seq: 0, rev: null },
    { seq: 0, rev: 1e300 },
    { seq: 0, rev: 0, more: true },
    'everything',
  ])('S1 A3 a position that is none is refused: %j', async (position, { cluster }) => {
    const { id } = await cluster.chat({ members: ['grace'] });
    const socket = await cluster.socket('grace');
    expect(checkRefusal(await socket.ask('sync', { chats: { [id]: position } })).code).toBe('request/invalid');
    const joined = await socket.ask('chat:join', { chatId: id, since: position });
    expect(checkRefusal(joined).code).toBe('request/invalid');
    expect(await socket.ask('chat:join', { chatId: id })).toMatchObject({ success: true });
  });

  test('S2 a replica that has just started answers it, with Redis empty', async ({ cluster }) => {
    const { chatId, sent } = await said(cluster, 3);
    await cluster.redis.stop();
    await cluster.redis.start();
    await cluster.restartReplica(2);
    const grace = await cluster.client('grace', { replica: 2 });
    expect(await synced(grace, chatId, { seq: 1, rev: 0 })).toMatchObject({ messages: sent.slice(1), more: false });
  });

  test('C1 S1 joining with a position answers what sync would', async ({ cluster }) => {
    const { chatId, sent, ada } = await said(cluster, 3);
    await ada.command('message:edit', { messageId: sent[0]!.id, text: 'edited' });
    const grace = await cluster.client('grace', { replica: 2 });
    for (const since of [start, { seq: 2, rev: 1 }, { seq: 9, rev: 0 }]) {
      const { chat, sync } = await grace.command('chat:join', { chatId, since });
      expect(chat).toMatchObject({ lastSeq: 3, rev: 1 });
      expect(sync).toEqual(await synced(grace, chatId, since));
    }
    expect((await grace.command('chat:join', { chatId })).sync).toBeUndefined();
  });
});

describe('a change that was decided by a replica which did not live to apply it', () => {
  test('S1 M9 is applied before sync tells it', async ({ cluster }) => {
    const { chatId, sent, ada } = await said(cluster, 2);
    await decide(cluster, chatId, ada, 1, 'message:edited', { messageId: sent[0]!.id, text: 'new', before: '1' });
    await decide(cluster, chatId, ada, 2, 'message:deleted', { messageId: sent[1]!.id, seq: 2 });
    await decide(cluster, chatId, ada, 3, 'chat:updated', { title: 'Decided' });
    const grace = await cluster.client('grace', { replica: 2 });
    const page = await synced(grace, chatId, { seq: 2, rev: 0 });
    expect(page).toMatchObject({ rev: 3, changes: [{ message: { text: 'new' } }, {}, { chat: { title: 'Decided' } }] });
    expect(await historyOf(cluster, 'ada', chatId)).toMatchObject([{ text: 'new' }]);
    const chat = await cluster.api('grace').call('chats.get', { params: { chatId } });
    expect(chat).toMatchObject({ title: 'Decided', rev: 3, unreadCount: 1 });
    expect((await ada.command('message:edit', { messageId: sent[0]!.id, text: 'newer' })).message.text).toBe('newer');
  });

  test('S1 M9 C5 is applied within seconds where nobody asks, and told, also to who was removed', async ({
    cluster,
  }) => {
    const { chatId, sent, ada } = await said(cluster, 1);
    const hedy = await cluster.client('hedy', { replica: 2 });
    const linus = await cluster.client('linus', { replica: 2 });
    const before = new Date(Date.now() - 10_000);
    const edit = { messageId: sent[0]!.id, text: 'repaired', before: '1' };
    await decide(cluster, chatId, ada, 1, 'message:edited', edit, before);
    const added = { userId: hedy.userId, role: 'member', readSeq: 1 };
    await decide(cluster, chatId, ada, 2, 'member:added', added, before);
    await decide(cluster, chatId, ada, 3, 'member:removed', { userId: linus.userId, reason: 'removed' }, before);
    await vi.waitFor(
      async () => expect(await historyOf(cluster, 'ada', chatId)).toMatchObject([{ text: 'repaired' }]),
      patienceMs,
    );
    await vi.waitFor(() => hedy.command('chat:join', { chatId }), patienceMs);
    // Two replicas repair: who is removed by one may hear no more of what the other tells.
    for (const rev of [1, 2])
      await ada.next(
        rev === 1 ? 'message:edited' : 'member:added',
        (fact) => fact.rev === rev && fact.chatId === chatId,
      );
    expect(await linus.all('member:removed', (fact) => fact.chatId === chatId)).toMatchObject([{ rev: 3 }]);
    expect(linus.sdk.view(chatId)).toBeUndefined();
    const next = await ada.send(chatId, 'hello Hedy');
    await hedy.next('message:new', ({ id }) => id === next.id);
    const stored = (await cluster.mongo.database()).collection('changes');
    expect(await stored.countDocuments({ chatId: oid(chatId), pending: true })).toBe(0);
  });
});

interface Answer {
  readonly success: boolean;
  readonly chats: Record<string, unknown>;
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const positions = (count: number) =>
  Object.fromEntries(numbers(1, count).map((number) => [number.toString(16).padStart(24, '0'), start]));

async function synced(client: TestClient, chatId: string, position: { seq: number; rev: number }): Promise<ChatSync> {
  const { chats } = await client.command('sync', { chats: { [chatId]: position }, includeNew: false });
  const answer = chats[chatId];
  if (!answer) throw new Error('the chat that was asked for is not in the answer');
  return answer;
}

const textsOf = (answer: ChatSync) => ('messages' in answer ? answer.messages.map(({ text }) => text) : []);
const changesOf = (answer: ChatSync) =>
  'changes' in answer ? answer.changes.map(({ rev, kind }): unknown[] => [rev, kind]) : [];
