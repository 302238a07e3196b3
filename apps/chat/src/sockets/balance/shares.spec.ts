import { describe, expect, it } from 'vitest';
import { isUneven, surplusOf } from './shares.js';

const shares = (own: number, others: readonly number[], moving = 0) => ({ own, others, moving });

describe('G7 the share of a replica', () => {
  it.each<[string, ReturnType<typeof shares>, number, boolean]>([
    ['alone', shares(12, []), 0, false],
    ['of all when others are empty', shares(12, [0, 0]), 8, true],
    ['that is even but for what cannot be divided', shares(2, [1]), 0, false],
    ['above, while moving one would only turn it around', shares(7, [6, 7]), 0, false],
    ['a little above, and all others a little below', shares(1_050, [980, 970]), 50, false],
    ['a little above, while one is far below', shares(1_050, [1_050, 600]), 150, true],
    ['above, and enough is on its way already', shares(8, [4, 4], 8), 0, false],
    ['below', shares(3, [9, 9]), 0, false],
    ['of nobody', shares(0, [0, 0]), 0, false],
  ])('%s', (_title, given, surplus, uneven) => {
    expect([surplusOf(given), isUneven(given)]).toEqual([surplus, uneven]);
  });
});

it('G7 never swings: whatever chance does with those who move, fewer move each time until nobody does', () => {
  for (let seed = 1; seed <= 200; seed++) expect(movesUntilEven(seed)).toBeLessThanOrEqual(2 * 100);
});

/** A hundred sockets somewhere on five; each that gives does so at once, and those who move land anywhere that gives nothing. */
function movesUntilEven(seed: number): number {
  let state = seed;
  const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  const counts = [0, 0, 0, 0, 0];
  for (let socket = 0; socket < 100; socket++) counts[random(1 + random(5))]!++;
  let moves = 0;
  for (let round = 0; round < 50; round++) {
    const surplus = counts.map((own, self) => {
      const seen = shares(
        own,
        counts.filter((_, index) => index !== self),
      );
      return isUneven(seen) ? surplusOf(seen) : 0;
    });
    const takers = counts.flatMap((_, index) => (surplus[index] === 0 ? [index] : []));
    for (const [from, count] of surplus.entries()) {
      for (let move = 0; move < count; move++, moves++) {
        counts[from]!--;
        counts[takers[random(takers.length)]!]!++;
      }
    }
    if (Math.max(...surplus) === 0) break;
  }
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(6);
  return moves;
}
