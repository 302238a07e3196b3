import { expect, it } from 'vitest';
import { standingOf } from './standing.js';
import type { Sign } from './standing.js';

const nowMs = 1_000_000;
const at = (msAgo: number) => new Date(nowMs - msAgo);
const sign = (_id: string, more: Partial<Sign> = {}): Sign => ({
  _id,
  at: at(0),
  hears: [],
  hearsAfter: at(500),
  ...more,
});
const self = sign('self');
const none = new Set<string>();

it('is together with all it hears and is heard by', () => {
  expect(standingOf(self, [self, sign('a'), sign('b')], none)).toEqual({ apart: [], isAlone: false });
});

it('is apart from whom it misses, and from who misses it', () => {
  const all = [self, sign('a'), sign('b', { misses: ['self'] }), sign('c')];
  expect(standingOf(self, all, new Set(['a'])).apart).toEqual(['a', 'b']);
});

it.each([
  ['is dead', { at: at(10_000) }],
  ['doubts for itself', { doubtedAt: at(1_000) }],
  ['is of an older version', { hears: undefined }],
])('leaves out who %s', (_, more) => {
  expect(standingOf(self, [self, sign('a', more)], new Set(['a'])).apart).toEqual([]);
});

const linked = [sign('a', { hears: ['b'] }), sign('b', { hears: ['a'] })];

it('is alone where two others have heard each other since it is apart from all', () => {
  expect(standingOf(self, [self, ...linked], new Set(['a', 'b']), at(5_000)).isAlone).toBe(true);
});

it.each([
  ['they heard each other before', [self, ...linked], at(100)],
  ['it does not know since when', [self, ...linked], undefined],
  ['one only hears the other', [self, sign('a', { hears: ['b'] }), sign('b')], at(5_000)],
  ['there is one other', [self, sign('a')], at(5_000)],
  ['it hears a third', [self, ...linked, sign('c')], at(5_000)],
])('is not alone where %s', (_, all, since) => {
  expect(standingOf(self, all, new Set(['a', 'b']), since).isAlone).toBe(false);
});

it('is alone on a replica of Redis where the other is on a master, and not the other way round', () => {
  const demoted = sign('self', { isOnReplica: true });
  expect(standingOf(demoted, [demoted, sign('a')], new Set(['a']), at(5_000)).isAlone).toBe(true);
  const other = sign('a', { isOnReplica: true });
  expect(standingOf(self, [self, other], new Set(['a']), at(5_000)).isAlone).toBe(false);
  expect(standingOf(demoted, [demoted, other], new Set(['a']), at(5_000)).isAlone).toBe(false);
});

it('halves of two are not alone', () => {
  const all = [self, sign('mine', { hears: ['self'] }), ...linked];
  expect(standingOf(self, all, new Set(['a', 'b']), at(5_000))).toEqual({ apart: ['a', 'b'], isAlone: false });
});
