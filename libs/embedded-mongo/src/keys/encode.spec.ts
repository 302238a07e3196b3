import { describe, expect, it } from 'vitest';
import { Random } from '../../../testing/src/random.js';
import { randomValue } from '../../test/support/random-value.js';
import { valueOf } from '../../test/support/values.js';
import { compare } from '../bson/compare.js';
import type { Value } from '../bson/value.js';
import { after, EMPTY_ARRAY, encodeKey, type Direction } from './encode.js';

const SEEDS = 3000;

function randomRow(random: Random, fields: number): Value[] {
  return Array.from({ length: fields }, () => valueOf(randomValue(random)));
}

const compareRows = (a: Value[], b: Value[], directions: Direction[]): number => {
  for (const [field, direction] of directions.entries()) {
    const order = compare(a[field], b[field]) * direction;
    if (order !== 0) return order;
  }
  return 0;
};

describe('the key of values', () => {
  it('orders byte by byte as the comparison does, for seeded random values of all types', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const [[a], [b]] = [randomRow(random, 1), randomRow(random, 1)];
      const keys = Buffer.compare(encodeKey([a], [1]), encodeKey([b], [1]));
      expect(Math.sign(keys), `seed ${seed}`).toBe(Math.sign(compare(a, b)));
    }
  });

  it('orders several fields, ascending and descending', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const directions = [random.pick([1, -1] as const), random.pick([1, -1] as const)];
      const [a, b] = [randomRow(random, 2), randomRow(random, 2)];
      if (random.chance(0.5)) b[0] = a[0]!;
      const keys = Buffer.compare(encodeKey(a, directions), encodeKey(b, directions));
      expect(Math.sign(keys), `seed ${seed}`).toBe(Math.sign(compareRows(a, b, directions)));
    }
  });

  it('is never the beginning of another value, so a prefix bounds exactly its own value', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const direction = random.pick([1, -1] as const);
      const [[a], [b, c]] = [randomRow(random, 1), randomRow(random, 2)];
      const prefix = encodeKey([a], [direction]);
      const key = encodeKey([b, c], [direction, 1]);
      const inside = Buffer.compare(key, prefix) >= 0 && Buffer.compare(key, after(prefix)) < 0;
      expect(inside, `seed ${seed}`).toBe(compare(a, b) === 0);
    }
  });

  it('puts an empty array below null and a missing value at null', () => {
    expect(Buffer.compare(encodeKey([EMPTY_ARRAY], [1]), encodeKey([null], [1]))).toBe(-1);
    expect(encodeKey([undefined], [1])).toEqual(encodeKey([null], [1]));
  });
});
