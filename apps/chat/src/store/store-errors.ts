import { mongo } from 'mongoose';

const duplicateKeyCode = 11_000;

/**
 * The unique index a write ran into, by the names of its fields; undefined for any other error. For a bulk write the
 * driver keeps only the server's sentence, which has the index's name (`chatId_1_seq_1`). Empty where that says nothing.
 */
export function duplicateKeyOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof mongo.MongoServerError) || error.code !== duplicateKeyCode) return undefined;
  const { keyPattern } = error as { keyPattern?: Record<string, unknown> };
  return keyPattern ? Object.keys(keyPattern) : (indexIn(error.message)?.replace(/_1$/, '').split('_1_') ?? []);
}

const indexIn = (sentence = ''): string | undefined => / index: (\S+) dup key/.exec(sentence)?.[1];

/**
 * What an unordered bulk write refused, document by document. Throws where the majority has not confirmed the others, or
 * the server has not accounted for each: then it is not known what is stored. A broken connection, a time-out and a server
 * that is no longer primary come as the same kind of error, with nothing stored and nothing refused.
 */
export function refusedOf(error: mongo.MongoBulkWriteError, count: number): readonly unknown[] {
  const writeErrors = [error.writeErrors].flat();
  if (isUnconfirmed(error) || error.insertedCount + writeErrors.length !== count) throw error;
  const refused: unknown[] = Array.from({ length: count });
  for (const { index, code, errmsg } of writeErrors) {
    // Without the values: they are what people wrote, and errors get logged.
    const key = indexIn(errmsg);
    const message = `refused with ${code}${key ? `, index: ${key} dup key` : ''}`;
    refused[index] = new mongo.MongoServerError({ message, code });
  }
  return refused;
}

/** Whether a bulk write did all it could, and what it could not is there already. */
export const foundOnlyDuplicates = (error: unknown): boolean =>
  error instanceof mongo.MongoBulkWriteError &&
  error.code === duplicateKeyCode &&
  !isUnconfirmed(error) &&
  [error.writeErrors].flat().every(({ code }) => code === duplicateKeyCode);

export const writeConflictCode = 112;

/** Two writers met, and the server gave up this one: nothing of it is stored, and it may be tried again at once. */
export const isWriteConflict = (error: unknown): boolean =>
  error instanceof mongo.MongoServerError && error.code === writeConflictCode;

/** Written on one node, but not confirmed by the majority in time. */
export const isUnconfirmed = (error: unknown): boolean =>
  error instanceof mongo.MongoWriteConcernError ||
  (error instanceof mongo.MongoBulkWriteError && error.result?.getWriteConcernError?.() !== undefined);
