import { Binary, Code, Decimal128, Double, Long, ObjectId, serialize, Timestamp } from 'bson';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../testing/src/random.js';
import { randomValue } from '../../test/support/random-value.js';
import { decode, decodeKeeping, elementsOf } from './decode.js';
import { encode } from './encode.js';

const bytesOf = (doc: object): Buffer => Buffer.from(serialize(doc));

describe('BSON', () => {
  it('comes back byte for byte as the bson package wrote it, for seeded random documents', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const random = new Random(seed);
      const bytes = bytesOf({ a: randomValue(random), b: randomValue(random), c: [randomValue(random)] });
      expect(encode(decode(bytes)).equals(bytes), `seed ${seed}`).toBe(true);
    }
  });

  it('keeps the kind of a number, and names that objects of JavaScript would reorder or confuse', () => {
    const doc = new Map<string, unknown>([
      ['b', new Double(1)],
      ['1', Long.fromNumber(1)],
      ['__proto__', 1],
      ['constructor', Decimal128.fromString('0.10')],
      ['0', new Code('f')],
      ['t', new Timestamp({ t: 1, i: 2 })],
      ['u', new Binary(Buffer.from('0123456789abcdef'), 4)],
    ]);
    const bytes = bytesOf(doc);
    expect([...decode(bytes).keys()]).toEqual([...doc.keys()]);
    expect(encode(decode(bytes)).equals(bytes)).toBe(true);
  });

  it('is told where its elements lie, and can leave the documents of a list as bytes', () => {
    const inner = bytesOf({ _id: new ObjectId(), documents: [1] });
    const bytes = bytesOf({ insert: 'c', documents: [{ x: 1 }, { documents: [2] }] });
    const { doc, kept } = decodeKeeping(bytes, 'documents');
    expect([...doc.keys()]).toEqual(['insert']);
    expect(kept?.map((one) => decode(one).size)).toEqual([1, 1]);
    expect(elementsOf(inner).map(({ name }) => name)).toEqual(['_id', 'documents']);
  });

  it.each([
    ['a length beyond the bytes', Buffer.from([9, 0, 0, 0, 0])],
    ['a length of zero', Buffer.from([0, 0, 0, 0, 0])],
    ['a negative length', Buffer.from([255, 255, 255, 255, 0])],
    ['no end', Buffer.from([5, 0, 0, 0, 1])],
    ['a string longer than its document', Buffer.from([12, 0, 0, 0, 2, 97, 0, 99, 0, 0, 0, 0])],
    ['a deprecated type', Buffer.from([8, 0, 0, 0, 6, 97, 0, 0])],
    ['bytes behind the end', Buffer.concat([bytesOf({}), Buffer.from([1])])],
  ])('is refused with %s', (_, bytes) => {
    expect(() => decode(bytes)).toThrow(/invalid BSON|not supported/);
  });

  it('is refused when it nests deeper than 200 levels', () => {
    let doc = {};
    for (let depth = 0; depth < 300; depth += 1) doc = { doc };
    expect(() => decode(bytesOf(doc))).toThrow(/deeper than 200/);
  });

  it('is refused whatever random byte is changed, or is still a document, but never breaks the reader', () => {
    const random = new Random(7);
    for (let round = 0; round < 2000; round += 1) {
      const bytes = bytesOf({ a: randomValue(random), b: { c: [randomValue(random), 'text'] } });
      bytes[random.below(bytes.length)] = random.below(256);
      try {
        decode(bytes);
      } catch (error) {
        expect(error).toHaveProperty('codeName');
      }
    }
  });
});
