import { isNaNValue } from './match.js';
import { isNumber, rankOf, typeRank, type Value } from '../bson/value.js';
import { after, type Direction, EMPTY_ARRAY, encodeKey } from '../keys/encode.js';
import { Double } from 'bson';
import type { Comparison, Test } from './parse.js';

/** A place between keys: before everything that begins with `bytes`, or past all of it. */
interface Edge {
  bytes: Buffer;
  past: boolean;
}

/** Values of one field, in ascending encoding. `point`: exactly one value. */
export interface Interval {
  low: Edge;
  high: Edge;
  point: boolean;
}

export interface Intervals {
  list: Interval[];
  /** The intervals say all that the test says: what lies inside needs no second look. */
  exact: boolean;
}

/** The intervals outside of which no document can satisfy the test, or undefined where an index does not help. */
export function intervalsOf(test: Test, multikey: boolean): Intervals | undefined {
  switch (test.op) {
    case 'eq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return comparisonIntervals(test.op, test.value, multikey);
    case 'in':
      return inIntervals(test.values, test.regexes.length > 0, multikey);
    case 'regex':
      return test.regex.prefix === undefined ? undefined : prefixIntervals(test.regex.prefix);
    case 'all': {
      const first = test.tests.map((inner) => intervalsOf(inner, multikey)).find((found) => found !== undefined);
      return first && { ...first, exact: false };
    }
    case 'exists':
    case 'type':
    case 'size':
    case 'mod':
    case 'elemMatch':
    case 'not':
      return undefined;
  }
}

const encoded = (value: Value | typeof EMPTY_ARRAY): Buffer => encodeKey([value], [1]);
const pointAt = (bytes: Buffer): Interval => ({
  low: { bytes, past: false },
  high: { bytes, past: true },
  point: true,
});

function comparisonIntervals(op: Comparison, value: Value, multikey: boolean): Intervals | undefined {
  // Index entries hold the elements of an array, not the array.
  if (Array.isArray(value)) return undefined;
  const rank = rankOf(value);
  if (op !== 'eq' && (rank === typeRank.minKey || rank === typeRank.maxKey)) return undefined;
  const includes = op === 'eq' || op === 'gte' || op === 'lte';
  if (value === null) return includes ? nullIntervals(multikey) : { list: [], exact: true };
  const bytes = encoded(value);
  if (op === 'eq' || isNaNValue(value)) return { list: includes ? [pointAt(bytes)] : [], exact: true };
  return { list: [rangeOf(op, bytes, rank, isNumber(value))], exact: true };
}

/** Bounded by the operand on one side and by the end of its type on the other; NaN, the least number, is left out. */
function rangeOf(op: Exclude<Comparison, 'eq'>, bytes: Buffer, rank: number, number: boolean): Interval {
  const typeEdge = Buffer.from([rank]);
  const upward = op === 'gt' || op === 'gte';
  const first: Edge = number ? { bytes: encoded(new Double(NaN)), past: true } : { bytes: typeEdge, past: false };
  return {
    low: upward ? { bytes, past: op === 'gt' } : first,
    high: upward ? { bytes: typeEdge, past: true } : { bytes, past: op === 'lte' },
    point: false,
  };
}

/** Missing and null share a key. Among arrays an empty one may stand for a path that ends in nothing. */
function nullIntervals(multikey: boolean): Intervals {
  if (!multikey) return { list: [pointAt(encoded(null))], exact: true };
  return { list: [pointAt(encoded(EMPTY_ARRAY)), pointAt(encoded(null))], exact: false };
}

function inIntervals(values: Value[], hasRegexes: boolean, multikey: boolean): Intervals | undefined {
  if (hasRegexes) return undefined;
  const parts = values.map((value) => comparisonIntervals('eq', value, multikey));
  if (parts.some((part) => part === undefined)) return undefined;
  const list = parts.flatMap((part) => part!.list).toSorted((a, b) => Buffer.compare(a.low.bytes, b.low.bytes));
  return {
    list: list.filter((interval, i) => i === 0 || !interval.low.bytes.equals(list[i - 1]!.low.bytes)),
    exact: parts.every((part) => part!.exact),
  };
}

/** Strings that begin so, and stored regular expressions: one matches if it is the very same. */
function prefixIntervals(prefix: string): Intervals {
  const string = encoded(prefix);
  const begun = string.subarray(0, string.length - 2);
  const regexes = Buffer.from([typeRank.regex]);
  const list = [begun, regexes].map((bytes) => ({ ...pointAt(bytes), point: false }));
  return { list, exact: false };
}

export const everything = (): Interval => ({
  low: { bytes: Buffer.alloc(0), past: false },
  high: { bytes: Buffer.from([0xff]), past: false },
  point: false,
});

/** The bytes at which an edge lies: keys at or above them are beyond it. */
const place = (edge: Edge): Buffer => (edge.past ? after(edge.bytes) : edge.bytes);

/** What lies in an interval of either list. Only right where a document has one key, so never on a multikey field. */
export function intersect(a: Interval[], b: Interval[]): Interval[] {
  return a.flatMap((left) => b.map((right) => overlap(left, right))).filter((found) => found !== undefined);
}

function overlap(left: Interval, right: Interval): Interval | undefined {
  const low = Buffer.compare(place(left.low), place(right.low)) >= 0 ? left.low : right.low;
  const high = Buffer.compare(place(left.high), place(right.high)) <= 0 ? left.high : right.high;
  if (Buffer.compare(place(low), place(high)) >= 0) return undefined;
  if (left.point) return left;
  return right.point ? right : { low, high, point: false };
}

/** A range of whole keys: at or above `low`, below `high`. */
export interface KeyRange {
  low: Buffer;
  high: Buffer;
}

/** The ranges behind `prefixes` (complete encodings of the fields before), in key order if the prefixes are. */
export function toRanges(prefixes: Buffer[], intervals: Interval[], direction: Direction): KeyRange[] {
  const turned = direction === 1 ? intervals : intervals.map(inverted).toReversed();
  return prefixes.flatMap((prefix) =>
    turned.map(({ low, high }) => ({ low: placeBehind(prefix, low), high: placeBehind(prefix, high) })),
  );
}

export function toPrefixes(prefixes: Buffer[], points: Interval[], direction: Direction): Buffer[] {
  const turned = direction === 1 ? points : points.map(inverted).toReversed();
  return prefixes.flatMap((prefix) => turned.map(({ low }) => Buffer.concat([prefix, low.bytes])));
}

const placeBehind = (prefix: Buffer, { bytes, past }: Edge): Buffer =>
  place({ bytes: Buffer.concat([prefix, bytes]), past });

function inverted({ low, high, point }: Interval): Interval {
  return { low: invertedEdge(high), high: invertedEdge(low), point };
}

const invertedEdge = ({ bytes, past }: Edge): Edge => ({ bytes: Buffer.from(bytes.map((byte) => ~byte)), past: !past });
