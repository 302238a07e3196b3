import { type Document, Double, Long } from 'bson';
import { describe, expect, it } from 'vitest';
import { docOf } from '../../test/support/values.js';
import { compileFilter } from './match.js';
import { parseFilter } from './parse.js';

const matches = (filter: Document, doc: Document): boolean => compileFilter(parseFilter(docOf(filter)))(docOf(doc));

/** Filter, a document that matches, a document that does not. */
const table: [Document, Document[], Document[]][] = [
  [{}, [{}, { a: 1 }], []],
  [{ a: 1 }, [{ a: 1 }, { a: new Double(1) }, { a: Long.ONE }, { a: [0, 1] }], [{ a: '1' }, {}, { a: [[1]] }]],
  [{ a: null }, [{}, { a: null }, { a: [null] }], [{ a: 0 }, { a: [] }]],
  [{ 'a.b': null }, [{}, { a: 5 }, { a: { c: 1 } }, { a: [{ c: 1 }] }], [{ a: [] }, { a: [1] }, { a: { b: 1 } }]],
  [{ a: { $ne: null } }, [{ a: 0 }, { a: [] }], [{}, { a: null }, { a: [null, 1] }]],
  [{ a: { $exists: true } }, [{ a: null }, { a: [] }], [{}, { b: 1 }]],
  [{ a: { $exists: false } }, [{}, { b: 1 }], [{ a: null }]],
  [{ 'a.b': { $exists: true } }, [{ a: [{ b: null }] }], [{ a: [] }, { a: 5 }]],
  [{ a: { $gt: 3, $lt: 5 } }, [{ a: 4 }, { a: [1, 9] }], [{ a: 3 }, { a: 5 }, { a: '4' }, { a: NaN }]],
  [{ a: { $gte: null } }, [{}, { a: null }], [{ a: 1 }]],
  [{ a: { $lt: 'b' } }, [{ a: 'a' }, { a: '' }], [{ a: 'b' }, { a: 1 }, {}]],
  [{ a: { $lte: NaN } }, [{ a: NaN }], [{ a: 1 }]],
  [{ a: { $in: [1, 'x', null] } }, [{ a: 1 }, { a: ['x'] }, {}], [{ a: 2 }, { a: [] }]],
  [{ a: { $in: [/^x/, 2] } }, [{ a: 'xyz' }, { a: 2 }], [{ a: 'ax' }]],
  [{ a: { $nin: [1, 2] } }, [{ a: 3 }, {}], [{ a: [3, 1] }]],
  [{ a: { $not: { $gt: 5 } } }, [{ a: 5 }, {}, { a: 'x' }], [{ a: 6 }]],
  [{ a: /^ab+$/i }, [{ a: 'ABB' }, { a: ['x', 'ab'] }, { a: 'ab\n' }], [{ a: 'abc' }, { a: 1 }]],
  [{ a: { $regex: 'a.c', $options: 's' } }, [{ a: 'a\nc' }], [{ a: 'ac' }]],
  [{ a: { $regex: 'a.c' } }, [{ a: 'abc' }, { a: 'a\u{1f600}c' }, { a: 'a\rc' }], [{ a: 'a\nc' }]],
  [{ a: { $size: 2 } }, [{ a: [1, 2] }], [{ a: [1] }, { a: 2 }, {}]],
  [{ a: { $all: [1, 2] } }, [{ a: [2, 3, 1] }], [{ a: [1] }, { a: 1 }]],
  [{ a: { $all: [] } }, [], [{ a: [] }, { a: 1 }]],
  [{ a: { $elemMatch: { $gt: 3, $lt: 5 } } }, [{ a: [4] }], [{ a: [1, 9] }, { a: 4 }]],
  [{ a: { $elemMatch: { b: 1, c: 2 } } }, [{ a: [{ b: 1, c: 2 }] }], [{ a: [{ b: 1 }, { c: 2 }] }]],
  [{ 'a.b': 1, 'a.c': 2 }, [{ a: [{ b: 1 }, { c: 2 }] }], [{ a: [{ b: 1 }] }]],
  [{ 'a.0': 1 }, [{ a: [1, 2] }, { a: { 0: 1 } }], [{ a: [2, 1] }]],
  [{ 'a.1.b': 2 }, [{ a: [{}, { b: 2 }] }], [{ a: [{ b: 2 }] }]],
  [{ a: { b: 1 } }, [{ a: { b: 1 } }, { a: [{ b: 1 }] }], [{ a: { b: 1, c: 1 } }, { a: {} }]],
  [{ a: [1, 2] }, [{ a: [1, 2] }, { a: [[1, 2]] }], [{ a: [2, 1] }, { a: 1 }]],
  [{ a: [] }, [{ a: [] }, { a: [[]] }], [{}, { a: null }]],
  [{ a: { $type: 'string' } }, [{ a: 'x' }, { a: [1, 'x'] }], [{ a: 1 }, {}]],
  [{ a: { $type: ['array', 10] } }, [{ a: [] }, { a: null }], [{}, { a: 1 }]],
  [{ a: { $type: 'number' } }, [{ a: 1 }, { a: 1.5 }, { a: Long.ONE }], [{ a: '1' }]],
  [{ a: { $mod: [4, 1] } }, [{ a: 5 }, { a: 5.9 }], [{ a: 4 }, { a: 'x' }]],
  [{ $or: [{ a: 1 }, { b: { $lt: 2 } }] }, [{ a: 1 }, { b: 0 }], [{ a: 2, b: 2 }]],
  [{ $nor: [{ a: 1 }, { b: 1 }] }, [{}], [{ b: 1 }]],
  [{ $and: [{ a: { $gt: 1 } }, { a: { $lt: 3 } }], $comment: 'x' }, [{ a: 2 }], [{ a: 3 }]],
  [{ constructor: 1 }, [{ constructor: 1 }], [{}]],
];

describe('a filter', () => {
  it.each(table)('%j', (filter, yes, no) => {
    for (const doc of yes) expect(matches(filter, doc), `matches ${JSON.stringify(doc)}`).toBe(true);
    for (const doc of no) expect(matches(filter, doc), `leaves out ${JSON.stringify(doc)}`).toBe(false);
  });

  it.each([
    [{ $where: 'true' }, /\$where is not supported by the embedded server/],
    [{ $expr: { $eq: ['$a', 1] } }, /\$expr is not supported by the embedded server/],
    [{ a: { $near: [0, 0] } }, /\$near is not supported by the embedded server/],
    [{ a: { $bitsAllSet: 1 } }, /\$bitsAllSet is not supported by the embedded server/],
    [{ $foo: 1 }, /unknown top level operator: \$foo/],
    [{ a: { $foo: 1 } }, /unknown operator: \$foo/],
    [{ a: { $gt: 1, b: 2 } }, /unknown operator: b/],
    [{ a: { $in: 1 } }, /\$in needs an array/],
    [{ a: { $ne: /x/ } }, /RegEx/],
    [{ $or: [] }, /nonempty array/],
    [{ a: { $regex: '(?i)x' } }, /\$regex with \(\?i is not supported/],
    [{ a: { $regex: '\\Ax' } }, /\$regex with \\A is not supported/],
    [{ a: { $regex: '[[:alpha:]]' } }, /POSIX class is not supported/],
    [{ a: { $regex: 'x', $options: 'x' } }, /option x is not supported/],
    [{ a: { $regex: '(' } }, /Regular expression is invalid/],
  ] as [Document, RegExp][])('is refused by name: %j', (filter, message) => {
    expect(() => parseFilter(docOf(filter))).toThrow(message);
  });
});
