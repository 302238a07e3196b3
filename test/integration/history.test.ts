import { describe, expect } from 'vitest';
import { limits } from '@roost/contract';
import type { ChatSync, MessagePage, ReplyOf } from '@roost/contract';
import type { Cluster } from '@roost/testing';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';

const count = 120;

/** No text weighs more as JSON than the second: six bytes a character. */
const heavyTexts = ['😀', '\u0001'].map((one) => one.repeat(limits.textCodePoints));
const heavyOfEach = 12;

/** What is around the entries of an answer. */
const answerFrameBytes = 200;

/** With a chat of 120 messages, `text` being their seq, and one of 24 that are as heavy as they may be. */
const test = sharedClusterTest(oneReplica)
  .extend('chatId', { scope: 'file' }, ({ cluster }) => chatOf(cluster, numbers(count).map(String)))
  .extend('heavyChatId', { scope: 'file' }, ({ cluster }) =>
    chatOf(
      cluster,
      heavyTexts.flatMap((text) => numbers(heavyOfEach).map(() => text)),
    ),
  );

/** Both doors to history; what is asked is the same. */
const doors = {
  socket: async (cluster: Cluster, chatId: string, page: Page): Promise<MessagePage> => {
    const ada = await cluster.client('ada');
    return ada.command('message:list', { chatId, ...page });
  },
  REST: (cluster: Cluster, chatId: string, page: Page): Promise<MessagePage> =>
    cluster.api('ada').call('messages.list', { params: { chatId }, query: page }),
};

interface Page {
  readonly before?: number;
  readonly after?: number;
  readonly around?: number;
  readonly deleted?: 'include';
  readonly limit?: number;
  readonly maxBytes?: number;
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
const pagesAround: { page: Page; from: number; to: number }[] = [
  { page: { around: 60 }, from: 36, to: 85 },
  { page: { around: 60, limit: 5 }, from: 58, to: 62 },
  { page: { around: 3, limit: 10 }, from: 1, to: 10 },
  { page: { around: 120, limit: 10 }, from: 111, to: 120 },
  { page: { around: 1000, limit: 3 }, from: 118, to: 120 },
  { page: { around: 0, limit: 3 }, from: 1, to: 3 },
];
const emptyPages: Page[] = [{ before: 1 }, { before: 0 }, { after: 120 }, { after: 1000 }];

describe.for(Object.entries(doors))('through %s', ([, list]) => {
  test.for(pages)('M10 $page gives $from to $to, ascending', async ({ page, from, to }, { cluster, chatId }) => {
    const { items, more } = await list(cluster, chatId, page);
    expect(seqsOf(items)).toEqual(numbers(to).slice(from - 1));
    expect(items.every(({ seq, text }) => text === String(seq))).toBe(true);
    expect(more).toBe(page.after === undefined ? from > 1 : to < count);
  });

  test.for(pagesAround)('M10 $page gives $from to $to, its own place among them', async (row, { cluster, chatId }) => {
    const { items, ...ends } = await list(cluster, chatId, row.page);
    expect(seqsOf(items)).toEqual(numbers(row.to).slice(row.from - 1));
    const [moreBefore, moreAfter] = [row.from > 1, row.to < count];
    expect(ends).toMatchObject({ more: moreBefore || moreAfter, moreBefore, moreAfter });
  });

  test('M10 with deleted=include every place is there, as a tombstone where it was deleted', async ({ cluster }) => {
    const chatId = await withDeleted(cluster);
    const asked = [{}, { before: 28 }, { after: 8 }, { around: 11 }, { around: 25 }];
    for (const bound of asked) {
      const { items } = await list(cluster, chatId, { ...bound, deleted: 'include', limit: 15 });
      const first = items[0]?.seq ?? 0;
      expect(seqsOf(items)).toEqual(numbers(15).map((place) => first - 1 + place));
      for (const { seq, text, deletedAt } of items) {
        expect([text, deletedAt !== undefined]).toEqual(
          deletedPlaces.includes(seq) ? ['', true] : [String(seq), false],
        );
      }
    }
    expect(seqsOf((await list(cluster, chatId, { around: 11, limit: 3 })).items)).toEqual([9, 10, 12]);
  });

  test.for(emptyPages)('M10 %j is beyond an end: nothing', async (page, { cluster, chatId }) => {
    expect(await list(cluster, chatId, page)).toMatchObject({ items: [], more: false });
  });

  test('M10 going back page by page meets every message once', async ({ cluster, chatId }) => {
    const back = await walk((page) => list(cluster, chatId, { ...page, limit: 50 }), 'before');
    expect(back.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(back.toReversed().flat()).toEqual(numbers(count));
  });

  test('M10 A6 so does going over the heaviest messages, in pages of 256 KiB', async ({ cluster, heavyChatId }) => {
    const heavyPage = async (page: Page) => {
      const answer = await list(cluster, heavyChatId, { ...page, limit: 100 });
      expect(Buffer.byteLength(JSON.stringify(answer.items))).toBeLessThanOrEqual(limits.answerBytes);
      return answer;
    };
    const back = await walk(heavyPage, 'before');
    expect(back.map(({ length }) => length)).toEqual([5, 5, 7, 7]);
    expect(back.toReversed().flat()).toEqual(numbers(2 * heavyOfEach));
    const forth = await walk(heavyPage, 'after');
    expect(forth.map(({ length }) => length)).toEqual([8, 6, 5, 5]);
    expect(forth.flat()).toEqual(numbers(2 * heavyOfEach));
  });
});

test.for([8_192, 20_000, 131_072])(
  'S1 sync in pages of %i bytes meets every message once, and so does history',
  async (maxBytes, { cluster, chatId }) => {
    const ada = await cluster.client('ada');
    const met: number[] = [];
    for (let [seq, more] = [0, true]; more;) {
      const asked = { chats: { [chatId]: { seq, rev: 0 } }, includeNew: false, maxBytes };
      const { success: _, ...answer } = (await ada.command('sync', asked)) as ReplyOf<'sync'> & { success?: true };
      expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(maxBytes + answerFrameBytes);
      const page = answer.chats[chatId] as Extract<ChatSync, { more: boolean }>;
      met.push(...seqsOf(page.messages));
      ({ seq, more } = page);
    }
    expect(met).toEqual(numbers(count));

    const list = async (page: Page) => {
      const answer = await doors.REST(cluster, chatId, { ...page, limit: 100, maxBytes });
      expect(Buffer.byteLength(JSON.stringify(answer.items))).toBeLessThanOrEqual(maxBytes);
      return answer;
    };
    expect((await walk(list, 'after')).flat()).toEqual(numbers(count));
  },
);

test('S1 A6 a message larger than a page comes alone', async ({ cluster, heavyChatId }) => {
  const ada = await cluster.client('ada');
  const asked = { chats: { [heavyChatId]: { seq: 0, rev: 0 } }, includeNew: false, maxBytes: limits.answerBytesMin };
  const { chats } = await ada.command('sync', asked);
  expect(chats[heavyChatId]).toMatchObject({ messages: [{ seq: 1 }], seq: 1, more: true });
  const { items } = await doors.socket(cluster, heavyChatId, { after: 1, maxBytes: limits.answerBytesMin });
  expect(seqsOf(items)).toEqual([2]);
});

test('M10 an SDK that loads older messages has all of the heaviest, too', async ({ cluster, heavyChatId }) => {
  const { sdk } = await cluster.client('grace');
  expect(sdk.view(heavyChatId)).toMatchObject({ messages: [], hasOlder: true });
  while (await sdk.loadOlder(heavyChatId, 100)) expect(sdk.view(heavyChatId)?.hasOlder).toBe(true);
  expect(seqsOf(sdk.view(heavyChatId)?.messages ?? [])).toEqual(numbers(2 * heavyOfEach));
});

test('M10 deleted messages are left out, and a page is still full', async ({ cluster }) => {
  const chatId = await withDeleted(cluster);
  const newest = await doors.REST(cluster, chatId, { limit: 10 });
  expect(seqsOf(newest.items)).toEqual([19, 20, 21, 22, 23, 24, 26, 27, 28, 29]);
  const after = await doors.REST(cluster, chatId, { after: 8, limit: 5 });
  expect(seqsOf(after.items)).toEqual([9, 10, 12, 13, 14]);
});

const deletedPlaces = [11, 25, 30];

/** A chat of thirty messages, `text` being their seq, of which three were deleted. */
async function withDeleted(cluster: Cluster): Promise<string> {
  const chatId = await chatOf(cluster, numbers(30).map(String));
  const messages = (await cluster.mongo.database()).collection('messages');
  const last = await messages.findOne({ seq: 30, text: '30' }, { sort: { _id: -1 } });
  const inChat = { chatId: last?.['chatId'] };
  const gone = { $set: { deletedAt: new Date(), text: '', uncounted: true } };
  await messages.updateMany({ ...inChat, seq: { $in: deletedPlaces } }, gone);
  return chatId;
}

async function chatOf(cluster: Cluster, texts: readonly string[]): Promise<string> {
  const { id } = await cluster.chat({ members: ['ada', 'grace'] });
  const api = cluster.api('ada');
  for (const text of texts) await api.call('messages.send', { body: { chatId: id, text } });
  return id;
}

/** The places in each page, from one end of a history to the other. */
async function walk(read: (page: Page) => Promise<MessagePage>, bound: 'before' | 'after'): Promise<number[][]> {
  const walked: number[][] = [];
  for (let page: Page = bound === 'after' ? { after: 0 } : {}; ;) {
    const { items, more } = await read(page);
    walked.push(seqsOf(items));
    if (!more) return walked;
    page = { [bound]: items.at(bound === 'after' ? -1 : 0)?.seq };
  }
}

const seqsOf = (items: readonly { readonly seq: number }[]) => items.map(({ seq }) => seq);
const numbers = (upTo: number) => Array.from({ length: upTo }, (_, index) => index + 1);
