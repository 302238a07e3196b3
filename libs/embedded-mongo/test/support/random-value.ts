import { Binary, BSONRegExp, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import type { Random } from '../../../testing/src/random.js';

const numbers = [0, -0, 1, -1, 2, 1.5, -1.5, NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31) - 1, 1e300, 5e-324];
const longs = ['9007199254740993', '-9007199254740993', '9223372036854775807', '-9223372036854775808', '1', '0', '-1'];
const strings = ['', 'a', 'a\0', 'a\0b', 'ab', 'b', 'ä', '\u{1f600}', '\uffee', 'abc', 'A'];

/** A value as an application would write it, of any type that the server compares, with many near misses. */
export function randomValue(random: Random, depth = 0): unknown {
  const simple: (() => unknown)[] = [
    () => null,
    () => random.pick(numbers),
    () => new Double(random.pick(numbers)),
    () => Long.fromString(random.pick(longs)),
    () => random.below(10) - 5,
    () => random.pick(strings),
    () => random.chance(0.5),
    () => new Date(random.pick([0, 1, -1, 1_700_000_000_000, -8_640_000_000_000_000])),
    () =>
      new ObjectId(random.pick(['000000000000000000000000', 'ffffffffffffffffffffffff', '65f000000000000000000001'])),
    () => new Binary(Buffer.from(random.list(3, () => random.pick([0, 1, 255]))), random.pick([0, 4 - 4, 128])),
    () => new Timestamp({ t: random.pick([0, 1, 0xffffffff]), i: random.pick([0, 1]) }),
    () => new BSONRegExp(random.pick(['a', 'b', '^a']), random.pick(['', 'i'])),
    () => random.pick([new MinKey(), new MaxKey()]),
  ];
  if (depth < 2 && random.chance(0.25)) {
    if (random.chance(0.5)) return random.list(3, () => randomValue(random, depth + 1));
    const names = random.list(3, () => random.pick(['a', 'b', 'ab', '7', 'constructor']));
    return Object.fromEntries(names.map((name) => [name, randomValue(random, depth + 1)]));
  }
  return random.pick(simple)();
}
