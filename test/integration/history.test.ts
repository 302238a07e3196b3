import { describe, expect } from 'vitest';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';

const count = 120;

/** With a chat of 120 messages, `text` being their seq. */
const test = clusterTest().extend('chatId', { scope: 'file' }, ({ cluster }) => chatOf(cluster, count));

/** Both doors to history; what is asked is the same. */
const doors = {
  socket: async (cluster: Cluster, chatId: string, page: Page) => {
    const ada = await cluster.client('ada');
    return (await ada.command('message:list', { chatId, ...page })).items;
  },
  REST: async (cluster: Cluster, chatId: string, page: Page) =>
    (await cluster.api('ada').call('messages.list', { params: { chatId }, query: page })).items,
};

interface Page {
  readonly before?: number;
  readonly after?: number;
  readonly limit?: number;
}

const pages: { page: Page; from: number; to: number }[] = [
  { page: {}, from: 71, to: 120 },
  { page: { limit: 100 }, from: 21, to: 120 },
  { page: { limit: 1 }, from: 120, to: 120 },
  { page: { before: 71 }, from: 21, to: 70 },
  { page: { before: 21, limit: 10 }, from: 11, to: 20 },
  { page: { before: 11 }, from: 1, to: 10 },
  { page: { before: 2 }, from: 1, to: 1 },
  { page: { before: 1000, limit: 3 }, from: 118, to: 120 },
  { page: { after: 0, limit: 3 }, from: 1, to: 3 },
  { page: { after: 50 }, from: 51, to: 100 },
  { page: { after: 100 }, from: 101, to: 120 },
  { page: { after: 119, limit: 100 }, from: 120, to: 120 },
];
const emptyPages: Page[] = [{ before: 1 }, { before: 0 }, { after: 120 }, { after: 1000 }];

describe.for(Object.entries(doors))('through %s', ([, list]) => {
  test.for(pages)('M10 $page gives $from to $to, ascending', async ({ page, from, to }, { cluster, chatId }) => {
    const items = await list(cluster, chatId, page);
    expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: to - from + 1 }, (_, index) => from + index));
    expect(items.every(({ seq, text }) => text === String(seq))).toBe(true);
  });

  test.for(emptyPages)('M10 %j is beyond an end: nothing', async (page, { cluster, chatId }) => {
    expect(await list(cluster, chatId, page)).toEqual([]);
  });
});

test('M10 going back page by page meets every message once', async ({ cluster, chatId }) => {
  const seen: number[] = [];
  for (let before: number | undefined; ;) {
    const page: Page = { limit: 50, ...(before !== undefined && { before }) };
    const items = await doors.REST(cluster, chatId, page);
    seen.unshift(...items.map(({ seq }) => seq));
    if (items.length < 50) break;
    before = items[0]?.seq;
  }
  expect(seen).toEqual(Array.from({ length: count }, (_, index) => index + 1));
});

test('M10 deleted messages are left out, and a page is still full', async ({ cluster }) => {
  const chatId = await chatOf(cluster, 30);
  const messages = (await cluster.mongo.database()).collection('messages');
  const last = await messages.findOne({ seq: 30, text: '30' }, { sort: { _id: -1 } });
  const inChat = { chatId: last?.['chatId'] };
  const gone = { $set: { deletedAt: new Date(), text: '', uncounted: true } };
  await messages.updateMany({ ...inChat, seq: { $in: [11, 25, 30] } }, gone);

  const newest = await doors.REST(cluster, chatId, { limit: 10 });
  expect(newest.map(({ seq }) => seq)).toEqual([19, 20, 21, 22, 23, 24, 26, 27, 28, 29]);
  const after = await doors.REST(cluster, chatId, { after: 8, limit: 5 });
  expect(after.map(({ seq }) => seq)).toEqual([9, 10, 12, 13, 14]);
});

async function chatOf(cluster: Cluster, messages: number): Promise<string> {
  const { id } = await cluster.chat({ members: ['ada', 'grace'] });
  const api = cluster.api('ada');
  for (let seq = 1; seq <= messages; seq++) {
    await api.call('messages.send', { body: { chatId: id, text: String(seq) } });
  }
  return id;
}
