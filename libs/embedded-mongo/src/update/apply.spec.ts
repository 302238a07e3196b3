import { deserialize, type Document, Double, Long } from 'bson';
import { describe, expect, it } from 'vitest';
import { docOf, valueOf } from '../../test/support/values.js';
import { encode } from '../bson/encode.js';
import { parseFilter } from '../query/parse.js';
import { applyUpdate, upserted } from './apply.js';
import { parseUpdate } from './parse.js';
import { parseArrayFilters } from './positions.js';

const now = new Date(1_700_000_000_000);

function update(doc: Document, change: Document, options: { filter?: Document; arrayFilters?: Document[] } = {}) {
  const circumstances = {
    filter: options.filter && parseFilter(docOf(options.filter)),
    arrayFilters: parseArrayFilters(options.arrayFilters && valueOf(options.arrayFilters)),
    inserting: false,
    now,
  };
  return deserialize(encode(applyUpdate(docOf(doc), parseUpdate(docOf(change)), circumstances)), {
    promoteValues: false,
    promoteLongs: false,
  });
}

const plain = (doc: Document): Document => deserialize(encode(docOf(doc)), { promoteValues: false });

/** Before, update, after. */
const table: [Document, Document, Document][] = [
  [{ a: 1 }, { $set: { b: 2, a: 'x' } }, { a: 'x', b: 2 }],
  [{}, { $set: { z: 1, b: 2, 'a.c': 3 } }, { a: { c: 3 }, b: 2, z: 1 }],
  [{ a: { b: 1 } }, { $unset: { 'a.b': '', x: '' } }, { a: {} }],
  [{ a: [1, 2] }, { $unset: { 'a.0': '' } }, { a: [null, 2] }],
  [{ a: [1] }, { $set: { 'a.3': 4 } }, { a: [1, null, null, 4] }],
  [{ n: 1 }, { $inc: { n: 2, m: 5 } }, { n: 3, m: 5 }],
  [{ n: 2147483647 }, { $inc: { n: 1 } }, { n: Long.fromString('2147483648') }],
  [{ n: 1 }, { $inc: { n: 0.5 } }, { n: 1.5 }],
  [{ n: 1.5 }, { $inc: { n: 0.5 } }, { n: new Double(2) }],
  [{ n: 3 }, { $mul: { n: 2, m: 2 } }, { n: 6, m: 0 }],
  [{ a: 5, b: 5 }, { $min: { a: 3, b: 9, c: 1 } }, { a: 3, b: 5, c: 1 }],
  [{ a: 5, b: 5 }, { $max: { a: 3, b: 9, c: 1 } }, { a: 5, b: 9, c: 1 }],
  [{ a: 1 }, { $max: { a: 'x' } }, { a: 'x' }],
  [{ a: 1, b: 2 }, { $rename: { a: 'c.d', x: 'y' } }, { b: 2, c: { d: 1 } }],
  [{}, { $currentDate: { at: true, d: { $type: 'date' } } }, { at: now, d: now }],
  [{ a: [1] }, { $push: { a: 2, b: 3 } }, { a: [1, 2], b: [3] }],
  [{ a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }],
  [{ a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }],
  [{ a: [1] }, { $push: { a: { $each: [2, 3], $position: 0 } } }, { a: [2, 3, 1] }],
  [{ a: [1] }, { $push: { a: { $each: [2], $position: -1 } } }, { a: [2, 1] }],
  [{ a: [1, 2] }, { $push: { a: { $each: [3, 4], $slice: -3 } } }, { a: [2, 3, 4] }],
  [{}, { $push: { a: { $each: [1, 2, 3], $slice: 2 } } }, { a: [1, 2] }],
  [{ a: [3] }, { $push: { a: { $each: [1, 2], $sort: -1, $slice: 2 } } }, { a: [3, 2] }],
  [{ a: [{ x: 3 }] }, { $push: { a: { $each: [{ x: 1 }], $sort: { x: 1 } } } }, { a: [{ x: 1 }, { x: 3 }] }],
  [{ a: [1] }, { $addToSet: { a: { $each: [1, 2, 2] } } }, { a: [1, 2] }],
  [{ a: [{ x: 1 }] }, { $addToSet: { a: { x: 1 } } }, { a: [{ x: 1 }] }],
  [{ a: [1, 2, 3] }, { $pop: { a: 1 } }, { a: [1, 2] }],
  [{ a: [1, 2, 3] }, { $pop: { a: -1, b: 1 } }, { a: [2, 3] }],
  [{ a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
  [{ a: [1, 5, 9] }, { $pull: { a: { $gt: 3, $lt: 7 } } }, { a: [1, 9] }],
  [{ a: [{ x: 1, y: 2 }, { x: 2 }, 1] }, { $pull: { a: { x: 1 } } }, { a: [{ x: 2 }, 1] }],
  [{ a: [1, 2, 3] }, { $pullAll: { a: [1, 3] } }, { a: [2] }],
  [{ a: [1, 2] }, { $set: { 'a.$[]': 0 } }, { a: [0, 0] }],
  [{ _id: 1, a: 1 }, { b: 2 }, { _id: 1, b: 2 }],
  [{ a: { 7: 1, b: 2 } }, { $set: { c: 1 } }, { a: { 7: 1, b: 2 }, c: 1 }],
];

describe('an update', () => {
  it.each(table)('%j by %j', (before, change, after) => {
    expect(update(before, change)).toEqual(plain(after));
  });

  it('finds the place of $ by the query, from the document as it was', () => {
    const doc = { a: [{ x: 1 }, { x: 2, n: 0 }], b: [5, 6] };
    const change = { $set: { 'a.$.n': 1 } };
    const after = plain({ a: [{ x: 1 }, { x: 2, n: 1 }], b: [5, 6] });
    expect(update(doc, change, { filter: { 'a.x': 2 } })).toEqual(after);
    expect(update(doc, change, { filter: { a: { $elemMatch: { x: { $gt: 1 } } } } })).toEqual(after);
    expect(update(doc, change, { filter: { $and: [{ _id: { $exists: false } }, { 'a.x': { $in: [2] } }] } })).toEqual(
      after,
    );
    expect(update(doc, { $inc: { 'b.$': 1 } }, { filter: { b: 6 } })).toEqual(plain({ ...doc, b: [5, 7] }));
    expect(() => update(doc, change, { filter: { b: 5 } })).toThrow(/positional operator did not find/);
  });

  it('applies to the elements that an array filter names', () => {
    const doc = { a: [{ x: 1 }, { x: 2 }, { x: 3 }] };
    const after = plain({ a: [{ x: 1 }, { x: 2, y: 1 }, { x: 3, y: 1 }] });
    expect(update(doc, { $set: { 'a.$[m].y': 1 } }, { arrayFilters: [{ 'm.x': { $gte: 2 } }] })).toEqual(after);
    expect(() => update(doc, { $set: { 'a.$[q].y': 1 } })).toThrow(/No array filter found/);
  });

  it('inserts what the filter demands by equality, then the update, with _id first', () => {
    const filter = parseFilter(
      docOf({ a: 1, 'b.c': { $eq: 2 }, n: { $lt: 5 }, $and: [{ d: 3 }], $or: [{ e: 1 }, { e: 2 }] }),
    );
    const doc = upserted(parseUpdate(docOf({ $set: { z: 9 }, $setOnInsert: { _id: 7 } })), {
      filter,
      arrayFilters: new Map(),
      inserting: true,
      now,
    });
    expect(deserialize(encode(doc))).toEqual({ _id: 7, a: 1, b: { c: 2 }, d: 3, z: 9 });
    expect([...doc.keys()][0]).toBe('_id');
  });

  it.each([{ a: { $all: [1, 2] } }, { $and: [{ a: 1 }, { a: 1 }] }])(
    'inserts nothing where %j says twice what a field is',
    (query) => {
      const circumstances = { filter: parseFilter(docOf(query)), arrayFilters: new Map(), inserting: true, now };
      expect(() => upserted(parseUpdate(docOf({ $set: { z: 9 } })), circumstances)).toThrow(
        expect.objectContaining({ codeName: 'NotSingleValueField' }),
      );
    },
  );

  it.each([
    [{ n: 'x' }, { $inc: { n: 1 } }, 'TypeMismatch'],
    [{ a: 1 }, { $push: { a: 1 } }, 'BadValue'],
    [{ a: 1 }, { $pop: { a: 1 } }, 'TypeMismatch'],
    [{ a: 1 }, { $set: { 'a.b': 1 } }, 'PathNotViable'],
    [{ a: [] }, { $set: { 'a.b': 1 } }, 'PathNotViable'],
    [{ _id: 1 }, { $set: { _id: 2 } }, 'ImmutableField'],
    [{ _id: 1 }, { _id: 2 }, 'ImmutableField'],
    [{ _id: 1 }, { $unset: { _id: '' } }, 'ImmutableField'],
    [{}, { $set: { a: 1 }, $inc: { a: 1 } }, 'ConflictingUpdateOperators'],
    [{}, { $set: { a: 1, 'a.b': 1 } }, 'ConflictingUpdateOperators'],
    [{}, { $rename: { a: 'b' }, $set: { b: 1 } }, 'ConflictingUpdateOperators'],
    [{}, { $set: { a: 1 }, b: 1 }, 'FailedToParse'],
    [{}, { $foo: { a: 1 } }, 'FailedToParse'],
    [{}, { $bit: { a: { and: 1 } } }, 'BadValue'],
    [{}, { $set: { 'a..b': 1 } }, 'EmptyFieldName'],
    [{}, { $push: { a: { $each: [1], $foo: 1 } } }, 'BadValue'],
    [{ n: Long.MAX_VALUE }, { $inc: { n: 1 } }, 'BadValue'],
  ] as [Document, Document, string][])('of %j by %j fails', (before, change, codeName) => {
    expect(() => update(before, change)).toThrow(expect.objectContaining({ codeName }));
  });
});
