import { describe, expect } from 'vitest';
import { limits } from '@roost/contract';
import type { ChatSync, Position, ReplyOf } from '@roost/contract';
import type { Cluster } from '@roost/testing';
import { quietReplica, sharedClusterTest } from '../support/cluster-test.js';
import { manyChats } from '../support/many-chats.js';
import { fewestReads } from '../support/store-calls.js';

const test = sharedClusterTest(quietReplica);

const start = { seq: 0, rev: 0 };
const from = (chatIds: readonly string[], position: Position) =>
  Object.fromEntries(chatIds.map((chatId) => [chatId, position]));

const pageOf = (answer: ChatSync | undefined) => (answer && 'more' in answer ? answer : undefined);

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** Nothing is known at the beginning, and new people are known to nobody. */
async function newcomer(cluster: Cluster, name: string) {
  const socket = await cluster.socket(name);
  const sync = async (chats: Record<string, Position>, includeNew = false) => {
    const reply = (await socket.ask('sync', { chats, includeNew })) as ReplyOf<'sync'> & { success: boolean };
    expect(reply.success).toBe(true);
    return reply;
  };
  return { id: (await cluster.person(name)).id, sync };
}

describe('reading from the store', () => {
  test('a list of chats takes four reads however many there are, with the session of who asks', async ({ cluster }) => {
    const { id } = await newcomer(cluster, 'ada');
    const chatIds = await manyChats(cluster, id, 500, { buried: 2 });
    const api = cluster.api('ada');
    const page = await api.call('chats.list', { query: { limit: 100 } });
    expect(page.items.map((chat) => chat.id)).toEqual(chatIds.slice(0, 100));
    expect(page.items[7]).toMatchObject({ lastSeq: 5, unreadCount: 3, rev: 0, memberCount: 3 });
    const next = await api.call('chats.list', { query: { cursor: page.next! } });
    expect(next.items.map((chat) => chat.id)).toEqual(chatIds.slice(100, 150));
    expect(await fewestReads(cluster, () => api.call('chats.list'))).toBeLessThanOrEqual(4);
  });

  test('S1 the first sync of a hundred chats takes three', async ({ cluster }) => {
    const { id, sync } = await newcomer(cluster, 'grace');
    const chatIds = await manyChats(cluster, id, 120, { others: 19, edits: 1 });
    const { chats, more } = await sync({}, true);
    expect([Object.keys(chats), more]).toEqual([chatIds.slice(0, 100), true]);
    expect(chats[chatIds[99]!]).toMatchObject({ chat: { lastSeq: 5, rev: 1, unreadCount: 5, memberCount: 20 } });
    expect(await fewestReads(cluster, () => sync({}, true))).toBeLessThanOrEqual(3);
  });

  test('S1 so does a sync of many, whether they moved or not, and one with what was missed of each a few more', async ({
    cluster,
  }) => {
    const { id, sync } = await newcomer(cluster, 'linus');
    const chatIds = await manyChats(cluster, id, 100, { messages: 5, edits: 2 });
    expect(await fewestReads(cluster, () => sync(from(chatIds, { seq: 5, rev: 2 })))).toBeLessThanOrEqual(3);
    const { chats } = await sync(from(chatIds, { seq: 1, rev: 0 }));
    for (const chatId of chatIds) expect(chats[chatId]).toMatchObject({ seq: 5, rev: 2, more: false });
    expect(await fewestReads(cluster, () => sync(from(chatIds, { seq: 1, rev: 0 })))).toBeLessThanOrEqual(16);
  });

  test('S1 those who ask for the same at once share what is read of the chats', async ({ cluster }) => {
    const { id, sync } = await newcomer(cluster, 'hedy');
    const chatIds = await manyChats(cluster, id, 20);
    const wave = () => Promise.all(Array.from({ length: 40 }, () => sync(from(chatIds, start), true)));
    expect(await fewestReads(cluster, wave)).toBeLessThanOrEqual(40);
  });

  test('H4 a wave of connections shares the reads of sessions and chats', async ({ cluster }) => {
    await newcomer(cluster, 'ada');
    const one = () => cluster.socket('ada');
    expect(await fewestReads(cluster, one)).toBeLessThanOrEqual(2);
    const wave = () => Promise.all(Array.from({ length: 40 }, one));
    expect(await fewestReads(cluster, wave)).toBeLessThanOrEqual(40);
  });
});

describe('an answer', () => {
  const long = 'ü'.repeat(limits.textCodePoints);
  const longest = bytes(long) + 1_000;

  /** Everything, page by page, and how large the largest answer was. */
  async function syncedAll(
    sync: (chats: Record<string, Position>) => Promise<ReplyOf<'sync'>>,
    chatIds: readonly string[],
  ) {
    const at = new Map(chatIds.map((chatId) => [chatId, start]));
    const told = { messages: 0, changes: 0, answers: 0, largest: 0 };
    for (let open = chatIds; open.length > 0; told.answers++) {
      const { chats } = await sync(Object.fromEntries(open.map((chatId) => [chatId, at.get(chatId)!])));
      told.largest = Math.max(told.largest, bytes(chats));
      const before = told.messages + told.changes;
      for (const chatId of open) {
        const page = pageOf(chats[chatId])!;
        told.messages += page.messages.length;
        told.changes += page.changes.length;
        at.set(chatId, { seq: page.seq, rev: page.rev });
      }
      expect(told.messages + told.changes).toBeGreaterThan(before);
      open = open.filter((chatId) => pageOf(chats[chatId])?.more);
    }
    return told;
  }

  test('S1 is bounded in bytes, whatever is in it, and who asks on has everything', async ({ cluster }) => {
    const { id, sync } = await newcomer(cluster, 'barbara');
    const chatIds = await manyChats(cluster, id, 30, { messages: 2, edits: 6, text: long });
    const told = await syncedAll(sync, chatIds);
    expect(told).toMatchObject({ messages: 60, changes: 180 });
    expect(told.largest).toBeLessThanOrEqual(limits.answerBytes + longest);
    const { chats } = await sync(from(chatIds, start));
    const pages = Object.values(chats).filter((page) => 'messages' in page && page.messages.length > 0);
    // Evenly: it is not all of one chat.
    expect(pages.length).toBeGreaterThan(5);
  });

  test('S1 so are snapshots and new chats, and pages of the list', async ({ cluster }) => {
    const { id, sync } = await newcomer(cluster, 'frances');
    const chatIds = await manyChats(cluster, id, 40, { messages: 3, text: long });
    const ahead = await sync(from(chatIds, { seq: 9, rev: 0 }));
    expect(bytes(ahead)).toBeLessThanOrEqual(limits.answerBytes + longest);
    expect(Object.values(ahead.chats).filter((answer) => 'reset' in answer).length).toBeGreaterThan(0);
    const fresh = await sync({}, true);
    expect(bytes(fresh)).toBeLessThanOrEqual(limits.answerBytes + longest);
    expect([fresh.more, Object.keys(fresh.chats).length < 40]).toEqual([true, true]);
    const found: string[] = [];
    for (let next: string | undefined = ''; next !== undefined;) {
      const query: { cursor?: string } = next === '' ? {} : { cursor: next };
      const page = await cluster.api('frances').call('chats.list', { query });
      expect(bytes(page.items)).toBeLessThanOrEqual(limits.answerBytes + longest);
      found.push(...page.items.map((chat) => chat.id));
      next = page.next;
    }
    expect(found).toEqual(chatIds);
  });
});
