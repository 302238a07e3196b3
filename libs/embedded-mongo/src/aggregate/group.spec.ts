import { describe, expect, it } from 'vitest';
import { docOf, valueOf } from '../../test/support/values.js';
import type { Doc } from '../bson/value.js';
import { compileGroup } from './group.js';

const group = (spec: Record<string, unknown>, docs: Doc[]): Doc[] => [...compileGroup(valueOf(spec))(docs)];

describe('the accumulators of $group', () => {
  it('take what is missing for null, or for nothing', () => {
    const docs = [{}, { a: 1 }, { a: 2 }, { a: null }, { a: 1 }].map(docOf);
    const spec = { first: { $first: '$a' }, last: { $last: '$a' }, all: { $push: '$a' }, set: { $addToSet: '$a' } };
    const expected = { _id: null, first: null, last: 1, all: [1, 2, null, 1], set: [1, 2, null] };
    expect(group({ _id: null, ...spec }, docs)).toEqual([docOf(expected)]);
  });

  it('keep a null that came first', () => {
    expect(group({ _id: null, first: { $first: '$a' } }, [{ a: null }, { a: 1 }].map(docOf))).toEqual([
      docOf({ _id: null, first: null }),
    ]);
  });
});

/** How many elements of lists were looked at or copied while the work was done: time tells nothing on a busy machine. */
function elementsRead(work: () => void): number {
  let read = 0;
  const { [Symbol.iterator]: next, some } = Array.prototype;
  function* counted(this: unknown[]) {
    for (let i = 0; i < this.length; i += 1) {
      read += 1;
      yield this[i];
    }
  }
  function countingSome(this: unknown[], test: (one: unknown, at: number, all: unknown[]) => unknown): boolean {
    return some.call(this, (...one) => {
      read += 1;
      return test(...one);
    });
  }
  try {
    Object.assign(Array.prototype, { [Symbol.iterator]: counted, some: countingSome });
    work();
  } finally {
    Object.assign(Array.prototype, { [Symbol.iterator]: next, some });
  }
  return read;
}

it.each(['$push', '$addToSet'])('%s takes as many steps as it has values, not their square', (operator) => {
  const steps = (length: number): number => {
    const docs = Array.from({ length }, (_, n) => docOf({ n }));
    return elementsRead(() => group({ _id: null, list: { [operator]: '$n' } }, docs));
  };
  expect(steps(2000)).toBeLessThan(3 * steps(1000));
});
