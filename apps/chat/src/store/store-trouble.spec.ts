import { mongo } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { refusedOf } from './store-errors.js';
import { storeTroubleOf } from './store-trouble.js';

/** As the driver makes it of anything that ends a bulk write. */
const bulkError = (code: string | number | undefined, result?: object) =>
  Reflect.construct(mongo.MongoBulkWriteError, [
    Object.assign(new Error('bulk write'), { ...(code !== undefined && { code }) }),
    result,
  ]) as mongo.MongoBulkWriteError;

const serverError = (code: number, message = 'no') => new mongo.MongoServerError({ message, code });

describe('storeTroubleOf', () => {
  it.each([
    ['OutOfDiskSpace', 14_031, 'disk_full'],
    ['Unauthorized', 13, 'auth'],
    ['AuthenticationFailed', 18, 'auth'],
    ['NotWritablePrimary', 10_107, 'not_primary'],
    ['PrimarySteppedDown', 189, 'not_primary'],
    ['NotPrimaryNoSecondaryOk', 13_435, 'not_primary'],
    ['InterruptedAtShutdown', 11_600, 'stopping'],
    ['MaxTimeMSExpired', 50, 'timeout'],
    ['WriteConcernTimeout', 64, 'unconfirmed'],
  ])('%s, of a single write and of a bulk', (_, code, reason) => {
    expect(storeTroubleOf(serverError(code))).toBe(reason);
    expect(storeTroubleOf(bulkError(code))).toBe(reason);
  });

  it('of one document of an unordered bulk', () => {
    const result = { insertedCount: 1, getWriteConcernError: () => undefined };
    const error = bulkError(14_031, result);
    Object.assign(error, { writeErrors: [{ index: 1, code: 14_031, errmsg: 'full' }] });
    expect(refusedOf(error, 2).map(storeTroubleOf)).toEqual([undefined, 'disk_full']);
  });

  it.each([
    ['you are over your space quota, using 512 MB of 512 MB', 'quota'],
    ['bad auth : authentication failed', 'auth'],
    ['user is not allowed to do action [insert] on [roost.messages]', 'auth'],
    ['something else', 'other'],
  ])('what a host refuses by itself: %s', (sentence, reason) => {
    expect(storeTroubleOf(serverError(8000, sentence))).toBe(reason);
  });

  it.each([
    ['a connection that broke', new mongo.MongoNetworkError('closed'), 'network'],
    ['a time-out', new mongo.MongoNetworkTimeoutError('late'), 'timeout'],
    ['no server to be had', new mongo.MongoServerSelectionError('none', {} as never), 'network'],
    ['no server, as none lets us in', new mongo.MongoServerSelectionError('none', { error: serverError(18) } as never), 'auth'], // prettier-ignore
    ['a bulk write that no server answered', bulkError('ECONNRESET'), 'network'],
    ['a bulk write that ended without a code', bulkError(undefined), 'network'],
    ['a broken pipe', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }), 'network'],
  ])('%s', (_, error, reason) => {
    expect(storeTroubleOf(error)).toBe(reason);
  });

  it.each([
    ['a duplicate key', serverError(11_000)],
    ['a duplicate key in a bulk', bulkError(11_000)],
    ['a query that makes no sense', serverError(2)],
    ['a misuse of the driver', new mongo.MongoInvalidArgumentError('no')],
    ['a mistake of ours', new TypeError('no')],
  ])('none for %s', (_, error) => {
    expect(storeTroubleOf(error)).toBeUndefined();
  });
});
