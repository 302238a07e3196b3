import { expect, it } from 'vitest';
import { entryOf, noPieces, withEntry, without } from './pieces.js';
import type { Pieces } from './pieces.js';

const keys = Array.from({ length: 500 }, (_, index) => `key ${index}`);
const full = keys.reduce<Pieces<string>>((one, key) => withEntry(one, key, `of ${key}`), noPieces);

it('has what was put into it, and no more', () => {
  expect(keys.map((key) => entryOf(full, key))).toEqual(keys.map((key) => `of ${key}`));
  for (const key of ['another', '', '__proto__', 'constructor']) expect(entryOf(full, key)).toBeUndefined();
  expect(full.flatMap((piece) => Object.keys(piece)).toSorted()).toEqual(keys.toSorted());
  expect(entryOf(without(full, 'key 7'), 'key 7')).toBeUndefined();
  expect(noPieces.flatMap((piece) => Object.keys(piece))).toEqual([]);
});

it('changes one piece, and none where nothing is new', () => {
  const changed = withEntry(full, 'key 7', 'another');
  expect(changed.filter((piece, index) => piece !== full[index])).toHaveLength(1);
  expect(withEntry(full, 'key 7', 'of key 7')).toBe(full);
  expect(without(full, 'another')).toBe(full);
});

it('spreads keys: no piece has a tenth of them', () => {
  expect(Math.max(...full.map((piece) => Object.keys(piece).length))).toBeLessThan(50);
});
