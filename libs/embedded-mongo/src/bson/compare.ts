import type { Binary, BSONRegExp, Code, ObjectId, Timestamp } from 'bson';
import { notSupported } from '../errors.js';
import { type BsonNumber, type Doc, rankOf, typeName, type Value } from './value.js';

/**
 * MongoDB's total order: first by type, then by value; NaN is the least number, missing equals null. The keys of indexes
 * order the same way byte by byte (keys/encode.ts; a test holds the two together).
 */
export function compare(a: Value | undefined, b: Value | undefined): number {
  const byType = rankOf(a) - rankOf(b);
  if (byType !== 0 || a === undefined || b === undefined) return byType;
  switch (typeName(a)) {
    case 'int':
    case 'long':
    case 'double':
    case 'decimal':
      return compareNumbers(a as BsonNumber, b as BsonNumber);
    case 'string':
      return compareStrings(a as string, b as string);
    case 'object':
      return compareDocs(a as Doc, b as Doc);
    case 'array':
      return compareArrays(a as Value[], b as Value[]);
    case 'binData':
      return compareBinary(a as Binary, b as Binary);
    case 'objectId':
      return Buffer.compare((a as ObjectId).id, (b as ObjectId).id);
    case 'bool':
      return Number(a) - Number(b);
    case 'date':
      return (a as Date).getTime() - (b as Date).getTime();
    case 'timestamp':
      return Number(timeOf(a) - timeOf(b) > 0n) - Number(timeOf(a) - timeOf(b) < 0n);
    case 'regex':
      return compareRegexes(a as BSONRegExp, b as BSONRegExp);
    case 'javascript':
      return compareStrings((a as Code).code, (b as Code).code);
    case 'null':
    case 'minKey':
    case 'maxKey':
      return 0;
  }
}

export const equal = (a: Value | undefined, b: Value | undefined): boolean => compare(a, b) === 0;

/** Exact also between a long and a double: JavaScript compares a bigint with a number without rounding either. */
function compareNumbers(a: BsonNumber, b: BsonNumber): number {
  const left = comparable(a);
  const right = comparable(b);
  if (left < right) return -1;
  if (left > right) return 1;
  return Number(!Number.isNaN(left)) - Number(!Number.isNaN(right));
}

/** Decimal128 has values between any two doubles; rather than compare it nearly right, it is refused. */
export function comparable(value: BsonNumber): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if ((value as { _bsontype: string })._bsontype === 'Decimal128') throw notSupported('comparing a Decimal128');
  return value.value;
}

/** By the bytes of UTF-8, as MongoDB does; `<` would compare UTF-16 units, which differs above U+FFFF. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

function compareDocs(a: Doc, b: Doc): number {
  const right = b.entries();
  for (const [name, value] of a) {
    const other = right.next();
    if (other.done) return 1;
    const byType = rankOf(value) - rankOf(other.value[1]);
    const order = byType || compareStrings(name, other.value[0]) || compare(value, other.value[1]);
    if (order !== 0) return order;
  }
  return right.next().done ? 0 : -1;
}

function compareArrays(a: Value[], b: Value[]): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i += 1) {
    const order = compare(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** A shorter binary comes first, whatever it holds; then the subtype, then the bytes. */
function compareBinary(a: Binary, b: Binary): number {
  const left = a.buffer.subarray(0, a.position);
  const right = b.buffer.subarray(0, b.position);
  return left.length - right.length || a.sub_type - b.sub_type || Buffer.compare(left, right);
}

const compareRegexes = (a: BSONRegExp, b: BSONRegExp): number =>
  compareStrings(a.pattern, b.pattern) || compareStrings(a.options, b.options);

const timeOf = (value: Value): bigint => BigInt.asUintN(64, (value as Timestamp).toBigInt());
