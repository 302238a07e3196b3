import { mongo } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { isStoreUnavailable } from './store-errors.js';

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
