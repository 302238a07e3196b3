import { Double } from 'bson';
import { comparable } from '../bson/compare.js';
import { type BsonNumber, isDouble } from '../bson/value.js';
import { CommandError } from '../errors.js';

const MAX_LONG = 2n ** 63n - 1n;

/** Adds as MongoDB does: a double makes a double, an int that overflows becomes a long, a long that overflows fails. */
export const add = (a: BsonNumber, b: BsonNumber): BsonNumber =>
  combine(a, b, (x, y) => x + y, (x, y) => x + y); // prettier-ignore

export const multiply = (a: BsonNumber, b: BsonNumber): BsonNumber =>
  combine(a, b, (x, y) => x * y, (x, y) => x * y); // prettier-ignore

function combine(
  a: BsonNumber,
  b: BsonNumber,
  doubles: (x: number, y: number) => number,
  longs: (x: bigint, y: bigint) => bigint,
): BsonNumber {
  if (isDouble(a) || isDouble(b)) return new Double(doubles(Number(comparable(a)), Number(comparable(b))));
  const exact = longs(BigInt(comparable(a)), BigInt(comparable(b)));
  if (exact > MAX_LONG || exact < -MAX_LONG - 1n) {
    throw new CommandError('BadValue', 'the result is beyond what a 64-bit integer can hold');
  }
  const bothInt = typeof a === 'number' && typeof b === 'number';
  return bothInt && exact === BigInt.asIntN(32, exact) ? Number(exact) : exact;
}
