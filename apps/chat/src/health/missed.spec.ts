import { expect, it } from 'vitest';
import { Missed } from './missed.js';

/** Looks at another replica again and again: whether it has beaten since the look before, and whether a canary of it came. */
function lookedAt(...looks: readonly { beats: boolean; isHeard: boolean }[]): string[] {
  const missed = new Missed();
  let at = 0;
  let heardAtMs: number | undefined;
  looks.forEach(({ beats, isHeard }, index) => {
    if (beats) at++;
    if (isHeard) heardAtMs = index * 10 - 5;
    missed.look([{ _id: 'other', at: new Date(at), hears: [] }], () => heardAtMs, index * 10);
  });
  return [...missed.names];
}

const well = { beats: true, isHeard: true };
const unheard = { beats: true, isHeard: false };
const dead = { beats: false, isHeard: false };

it.each([
  ['is heard', [well, well, well]],
  ['was not heard once: a canary may be a moment late', [well, unheard, well, unheard]],
  ['is dead, or hangs', [well, dead, dead, dead, dead]],
  ['hung, and has just gone on', [well, unheard, dead, dead, well]],
  ['has just been seen', [unheard, unheard]],
])('does not miss who %s', (_, looks) => {
  expect(lookedAt(...looks)).toEqual([]);
});

it.each([
  ['is alive and not heard any more', [well, unheard, unheard]],
  ['was never heard', [unheard, unheard, unheard]],
  ['is not heard while it beats seldom', [well, unheard, dead, unheard]],
])('misses who %s', (_, looks) => {
  expect(lookedAt(...looks)).toEqual(['other']);
});

it('forgets who is gone from the store, and says nothing of replicas of older versions', () => {
  const missed = new Missed();
  for (const ms of [1, 2, 3]) missed.look([{ _id: 'old', at: new Date(ms) }], () => undefined, ms);
  expect([...missed.names, ...missed.known]).toEqual([]);
});
