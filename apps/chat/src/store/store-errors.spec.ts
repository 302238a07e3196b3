import { mongo } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { duplicateKeyOf, refusedOf } from './store-errors.js';

/** As the driver makes it of anything that ends a bulk write; here without a result, which nobody asks for. */
const bulkError = (message: string, code: { code?: string | number }) =>
  Reflect.construct(mongo.MongoBulkWriteError, [Object.assign(new Error(message), code)]) as Error;

interface Counted {
  readonly code?: string | number;
  readonly inserted: number;
  readonly refused: number[];
  readonly errmsg?: string;
}

/** As the driver makes it: `inserted` and `refused` documents were accounted for by the server. */
function unordered({ code, inserted, refused, errmsg }: Counted) {
  const writeErrors = refused.map((index) => ({ index, code: 11_000, errmsg }));
  const result = { insertedCount: inserted, getWriteConcernError: () => undefined };
  const cause = Object.assign(new Error('bulk write'), { ...(code && { code }), writeErrors });
  return Reflect.construct(mongo.MongoBulkWriteError, [cause, result]) as mongo.MongoBulkWriteError;
}

describe('duplicateKeyOf', () => {
  const sentence = 'E11000 duplicate key error collection: roost.messages index: chatId_1_seq_1 dup key: { seq: 7 }';

  it('reads the fields from the key pattern, or from the sentence where the driver drops it', () => {
    const error = new mongo.MongoServerError({ message: sentence, code: 11_000, keyPattern: { email: 1 } });
    expect(duplicateKeyOf(error)).toEqual(['email']);
    expect(duplicateKeyOf(bulkError(sentence, { code: 11_000 }))).toEqual(['chatId', 'seq']);
  });

  it('knows no fields where the sentence has none, and nothing of other errors', () => {
    expect(duplicateKeyOf(bulkError('E11000 duplicate key', { code: 11_000 }))).toEqual([]);
    expect(duplicateKeyOf(bulkError('no primary', { code: 10_107 }))).toBeUndefined();
  });

  it('survives an unordered insert, without the values of what was refused', () => {
    const refused = refusedOf(unordered({ code: 11_000, inserted: 1, refused: [1], errmsg: sentence }), 2);
    expect(refused[0]).toBeUndefined();
    expect(duplicateKeyOf(refused[1])).toEqual(['chatId', 'seq']);
    expect(String(refused[1])).not.toContain('7');
  });
});

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
