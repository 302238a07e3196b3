import { limits } from '@roost/contract';
import type { Message } from '@roost/contract';
import { describe, expect, it } from 'vitest';
import { historyPage, pageAround } from './history-page.js';

/** A message of so many thousandths of what an answer may have. */
const message = (seq: number, thousandths = 1): Message => ({
  id: 'a'.repeat(24),
  chatId: 'c'.repeat(24),
  seq,
  sender: { id: 'b'.repeat(24), displayName: 'Grace' },
  type: 'text',
  text: 'x'.repeat(Math.floor((limits.answerBytes / 1_000) * thousandths)),
  createdAt: '2026-01-01T00:00:00.000Z',
});

const seqsOf = ({ items }: { items: readonly Message[] }) => items.map(({ seq }) => seq);

describe.each([
  { bound: { after: 0 }, inOrder: [1, 2, 3, 4] },
  { bound: { before: 5 }, inOrder: [4, 3, 2, 1] },
  { bound: {}, inOrder: [4, 3, 2, 1] },
])('M10 a page of history with the bound $bound', ({ bound, inOrder }) => {
  const ascending = (count: number) => inOrder.slice(0, count).toSorted((one, other) => one - other);
  const pageOf = (limit: number, thousandths?: number) =>
    historyPage(
      inOrder.map((seq) => message(seq, thousandths)),
      { ...bound, limit },
    );

  it('has all that was found, ascending, where no more was wanted', () => {
    expect(seqsOf(pageOf(4))).toEqual([1, 2, 3, 4]);
    expect(pageOf(4).more).toBe(false);
  });

  it('has as many as were wanted, next to the bound', () => {
    expect(seqsOf(pageOf(3))).toEqual(ascending(3));
    expect(pageOf(3).more).toBe(true);
  });

  it('ends before the message with which it would be too large', () => {
    const page = pageOf(4, 400);
    expect(seqsOf(page)).toEqual(ascending(2));
    expect(page.more).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(page.items))).toBeLessThanOrEqual(limits.answerBytes);
  });

  it('is as small as is wanted', () => {
    const found = inOrder.map((seq) => message(seq, 30));
    const page = historyPage(found, { ...bound, limit: 4, maxBytes: limits.answerBytesMin * 2 });
    expect(seqsOf(page)).toEqual(ascending(2));
    expect(page.more).toBe(true);
  });

  it('has one message however large it is', () => {
    expect(seqsOf(pageOf(4, 1_500))).toEqual(ascending(1));
    expect(pageOf(4, 1_500).more).toBe(true);
  });

  it('of an empty history is empty', () => {
    expect(historyPage([], { ...bound, limit: 4 })).toEqual({ items: [], more: false });
  });
});

/** Of a history with these places. */
const around = (seqs: readonly number[], place: number, limit: number, thousandths?: number) => {
  const all = seqs.map((seq) => message(seq, thousandths));
  const upToIt = all.filter(({ seq }) => seq <= place).toReversed();
  return pageAround({ upToIt, behindIt: all.filter(({ seq }) => seq > place) }, { limit });
};

describe('M10 a page around a place', () => {
  const ten = Array.from({ length: 10 }, (_, index) => index + 1);

  it.each([
    { place: 5, limit: 5, seqs: [3, 4, 5, 6, 7], ends: [true, true] },
    { place: 5, limit: 4, seqs: [4, 5, 6, 7], ends: [true, true] },
    { place: 5, limit: 1, seqs: [5], ends: [true, true] },
    { place: 2, limit: 5, seqs: [1, 2, 3, 4, 5], ends: [false, true] },
    { place: 9, limit: 5, seqs: [6, 7, 8, 9, 10], ends: [true, false] },
    { place: 0, limit: 3, seqs: [1, 2, 3], ends: [false, true] },
    { place: 99, limit: 3, seqs: [8, 9, 10], ends: [true, false] },
    { place: 5, limit: 10, seqs: ten, ends: [false, false] },
  ])('$place, $limit at most: $seqs', ({ place, limit, seqs, ends: [moreBefore, moreAfter] }) => {
    const page = around(ten, place, limit);
    expect(seqsOf(page)).toEqual(seqs);
    expect(page).toMatchObject({ more: moreBefore! || moreAfter!, moreBefore, moreAfter });
  });

  it('has what is nearest where the place itself is not there', () => {
    expect(seqsOf(around([1, 2, 3, 6, 7, 8], 4, 4))).toEqual([2, 3, 6, 7]);
  });

  it('ends before the message with which it would be too large', () => {
    const page = around(ten, 5, 10, 300);
    expect(seqsOf(page)).toEqual([4, 5, 6]);
    expect(page).toMatchObject({ moreBefore: true, moreAfter: true });
  });

  it('of an empty history is empty', () => {
    expect(around([], 5, 4)).toEqual({ items: [], more: false, moreBefore: false, moreAfter: false });
  });
});
