import type { OwnChange } from '@roost/contract';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../testing/src/random.js';
import { drafted, marked, ModelOwnLog } from '../../test/support/model-own-log.js';
import type { PendingChange } from '../outbox/entry.js';
import { draftAnswered, draftSent, marksWished, noOwn, ownAnswered, ownHeard, ownSynced } from './own.js';
import type { OwnState } from './own.js';

const chats = ['c1', 'c2', 'c3'] as const;
const complete = (own: OwnState, log: ModelOwnLog): OwnState => {
  const page = log.page(own.rev, 7);
  const next = ownSynced(own, page);
  return page.more ? complete(next, log) : next;
};

const asked = (stage: string, request: object) => ({ command: 'chat:mark', stage, request }) as PendingChange;

describe("one's own log", () => {
  it.each(Array.from({ length: 200 }, (_, index) => index + 1))(
    'S9 R7 whatever comes in whatever order, twice, late or never: it ends as one that reads it all anew, seed %i',
    (seed) => {
      const random = new Random(seed);
      const log = new ModelOwnLog();
      const onTheWay: OwnChange[] = [];
      let own = noOwn;
      for (let step = 0; step < 120; step++) {
        const [chatId, mark] = [random.pick(chats), random.pick(['muted', 'pinned', 'unread'] as const)];
        const kind = random.next();
        if (kind < 0.4) onTheWay.push(log.mark(chatId, { [mark]: random.next() < 0.5 }));
        else if (kind < 0.8 && onTheWay.length > 0) {
          const change = random.pick(onTheWay);
          const before = own;
          own = ownHeard(own, change);
          expect(ownHeard(own, change)).toBe(own);
          if (change.ownRev <= before.rev) expect(own).toBe(before);
          // Some come twice, and some never.
          if (random.next() < 0.7) onTheWay.splice(onTheWay.indexOf(change), 1);
        } else if (kind < 0.9) {
          const change = log.mark(chatId, { [mark]: true });
          const isLate = random.next() < 0.5;
          const marks = log.marksOf(chatId);
          if (isLate) own = ownHeard(own, change);
          own = ownAnswered(own, chatId, { ownRev: change.ownRev, marks });
          expect(own.marks[chatId]?.[mark]).toBe(true);
          expect(own.head).toBeGreaterThanOrEqual(change.ownRev);
        } else own = ownSynced(own, log.page(Math.max(0, own.rev - Math.floor(random.next() * 3)), 7));
        expect(own.head).toBeGreaterThanOrEqual(own.rev);
      }
      expect(complete(own, log)).toEqual(complete(noOwn, log));
    },
  );

  it('S9 says that something is missing where one comes before its turn, and nothing of it shows', () => {
    const early = ownHeard(noOwn, marked(2, 'c1', { muted: true }));
    expect(early).toEqual({ rev: 0, head: 2, marks: {}, drafts: {} });
    const now = ownHeard(early, marked(1, 'c1', { pinned: true }));
    expect(now).toEqual({ rev: 1, head: 2, marks: { c1: { pinned: true } }, drafts: {} });
  });

  it('S9 begins anew where its place never was, and forgets what was taken back', () => {
    const own = ownHeard(ownHeard(noOwn, marked(1, 'c1', { muted: true })), marked(2, 'c2', { pinned: true }));
    const reset = ownSynced(own, { rev: 1, changes: [marked(1, 'c1', { muted: true })], more: false, reset: true });
    expect(reset).toEqual({ rev: 1, head: 1, marks: { c1: { muted: true } }, drafts: {} });
    expect(ownHeard(reset, marked(2, 'c1', { muted: false })).marks).toEqual({});
  });

  it('R6 a draft is the newest that was told, whichever way that came first', () => {
    const [first, second] = ['Hel', 'Hello'].map((text) => ({ text, clientMessageId: 'm1' }));
    const saved = draftAnswered(noOwn, 'c1', 2, second);
    expect(saved.drafts).toEqual({ c1: { ...second, base: 2 } });
    const heard = ownHeard(ownHeard(saved, drafted(1, 'c1', first)), drafted(2, 'c1', second));
    expect(heard).toEqual({ rev: 2, head: 2, marks: {}, drafts: { c1: { ...second, base: 2 } } });
    expect(draftAnswered(heard, 'c1', 1, first)).toBe(heard);
    expect(draftSent(heard, 'c1', 'another')).toBe(heard);
    expect(draftSent(heard, 'c1', 'm1').drafts).toEqual({});
    expect(ownHeard(heard, drafted(3, 'c1')).drafts).toEqual({});
  });

  it('S9 passes over a kind that only a newer server knows, and it takes its place', () => {
    const newer = { ownRev: 1, at: '2026-01-01T00:00:00.000Z', kind: 'draft:kept', text: 'hm' };
    expect(ownHeard(noOwn, newer)).toEqual({ rev: 1, head: 1, marks: {}, drafts: {} });
    const broken = { ...newer, kind: 'chat:marked' };
    expect(ownHeard(noOwn, broken).marks).toEqual({});
  });

  it('R7 shows what one has asked for before it is answered, and not what was refused', () => {
    const before = { pinned: true };
    expect(marksWished(before, [asked('failed', { chatId: 'c1', muted: true })])).toEqual(before);
    const changes = [
      asked('sending', { chatId: 'c1', pinned: false }),
      asked('waiting', { chatId: 'c1', archived: true }),
    ];
    expect(marksWished(before, changes)).toEqual({ archived: { upToSeq: Infinity } });
    expect(marksWished({ archived: { upToSeq: 4 } }, [asked('waiting', { chatId: 'c1', archived: false })])).toEqual(
      {},
    );
  });
});
