import { mongo } from 'mongoose';

/** One document that the server refused. */
export interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
  readonly keyPattern?: Readonly<Record<string, number>>;
}

/** What the server says of an insert or update. */
export interface WriteAnswer {
  readonly n: number;
  readonly writeErrors: readonly WriteError[];
}

const unconfirmed = { code: 64, errmsg: 'waiting for replication timed out' };

export const duplicateKey = (index: number, fields: readonly string[]): WriteError => ({
  index,
  code: 11_000,
  errmsg: `E11000 duplicate key error index: ${fields.map((field) => `${field}_1`).join('_')} dup key: {}`,
  keyPattern: Object.fromEntries(fields.map((field) => [field, 1])),
});

export const writeConflict = (index: number): WriteError => ({ index, code: 112, errmsg: 'WriteConflict' });

export const broken = (): Error => new mongo.MongoNetworkError('connection closed');
export const noPrimary = (): Error => new mongo.MongoServerError({ message: 'not primary', code: 10_107 });

/** As the driver 7 makes of an answer what `insertOne` and updates reject with; undefined where all is well. */
export function errorOfOne({ n, writeErrors }: WriteAnswer, isConfirmed: boolean): Error | undefined {
  if (!isConfirmed) {
    return new mongo.MongoWriteConcernError({ ok: 1, n, writeConcernError: unconfirmed });
  }
  const [first] = writeErrors;
  return first && new mongo.MongoServerError({ message: first.errmsg, ...first });
}

/** The same for a bulk write. */
export function errorOfBulk({ n, writeErrors }: WriteAnswer, isConfirmed: boolean): Error | undefined {
  const [first] = writeErrors;
  if (isConfirmed && !first) return undefined;
  const result = { insertedCount: n, getWriteConcernError: () => (isConfirmed ? undefined : unconfirmed) };
  const { code, errmsg: message } = isConfirmed && first ? first : unconfirmed;
  return bulkError({ message, code, ...(isConfirmed && { writeErrors }) }, result);
}

/** Whatever ends a bulk write without an answer comes in the same clothes, with nothing counted. */
export const bulkWithout = (cause: Error): Error =>
  bulkError(cause, { insertedCount: 0, getWriteConcernError: () => undefined });

const bulkError = (cause: object, result: object): Error =>
  Reflect.construct(mongo.MongoBulkWriteError, [cause, result]) as Error;
