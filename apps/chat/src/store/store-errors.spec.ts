import { mongo } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { isStoreUnavailable, refusedOf } from './store-errors.js';

/** As the driver makes it of anything that ends a bulk write; here without a result, which nobody asks for. */
const bulkError = (message: string, code: { code?: string | number }) =>
  Reflect.construct(mongo.MongoBulkWriteError, [Object.assign(new Error(message), code)]) as Error;

describe('isStoreUnavailable', () => {
  it.each([{ code: 'EPIPE' }, { code: 'ECONNRESET' }, {}])('a bulk write that no server answered: %j', (cause) => {
    expect(isStoreUnavailable(bulkError('This socket has been ended', cause))).toBe(true);
  });

  it('not one that the server refused', () => {
    expect(isStoreUnavailable(bulkError('E11000 duplicate key', { code: 11_000 }))).toBe(false);
  });
});

/** As the driver makes it: `inserted` and `refused` documents were accounted for by the server. */
function unordered({ code, inserted, refused }: { code?: string | number; inserted: number; refused: number[] }) {
  const writeErrors = refused.map((index) => ({ index, code: 11_000 }));
  const result = { insertedCount: inserted, getWriteConcernError: () => undefined };
  const cause = Object.assign(new Error('bulk write'), { ...(code && { code }), writeErrors });
  return Reflect.construct(mongo.MongoBulkWriteError, [cause, result]) as mongo.MongoBulkWriteError;
}

describe('refusedOf', () => {
  it('tells the documents that the server refused from those that it stored', () => {
    const refused = refusedOf(unordered({ code: 11_000, inserted: 2, refused: [1] }), 3);
    expect(refused.map((one) => one === undefined)).toEqual([true, false, true]);
  });

  it.each([undefined, 'ECONNRESET', 10_107])('M2 takes nothing for stored that no server counted: code %s', (code) => {
    const error = unordered({ ...(code && { code }), inserted: 0, refused: [] });
    expect(() => refusedOf(error, 3)).toThrow(error);
  });
});
