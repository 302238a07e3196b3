import { Binary, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { describe, expect, it } from 'vitest';
import { valueOf } from '../../test/support/values.js';
import { compare } from './compare.js';

/** In ascending order; every value is compared with every other one. */
const ascending = [
  new MinKey(),
  null,
  NaN,
  -Infinity,
  Long.MIN_VALUE,
  -1,
  0,
  0.5,
  1,
  Long.fromString('9007199254740992'),
  Long.fromString('9007199254740993'),
  Long.MAX_VALUE,
  new Double(2 ** 63),
  '',
  'A',
  'a',
  'a\0',
  'ab',
  '\uffee',
  '\u{1f600}',
  {},
  { a: 1 },
  { b: 0 },
  { a: 'x' },
  [],
  [1],
  [1, 0],
  ['a'],
  new Binary(Buffer.from([255])),
  new Binary(Buffer.from([0, 0])),
  new ObjectId('000000000000000000000001'),
  new ObjectId('000000000000000000000002'),
  false,
  true,
  new Date(-1),
  new Date(0),
  new Timestamp({ t: 1, i: 1 }),
  new Timestamp({ t: 0xffffffff, i: 0 }),
  /a/,
  /b/,
  new MaxKey(),
].map(valueOf);

describe('the order of values', () => {
  it('is that of MongoDB, between types and within each', () => {
    ascending.forEach((a, i) =>
      ascending.forEach((b, j) => expect(Math.sign(compare(a, b)), `${i} and ${j}`).toBe(Math.sign(i - j))),
    );
  });

  it('holds int, long and double for the same number', () => {
    expect(compare(valueOf(1), valueOf(new Double(1)))).toBe(0);
    expect(compare(valueOf(1), valueOf(Long.ONE))).toBe(0);
    expect(compare(valueOf(-0), valueOf(0))).toBe(0);
  });

  it('refuses Decimal128 by name instead of comparing it nearly right', () => {
    expect(() => compare(valueOf(Decimal128.fromString('0.1')), valueOf(0.1))).toThrow(/Decimal128 is not supported/);
  });
});
