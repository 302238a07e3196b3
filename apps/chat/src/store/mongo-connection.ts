import { StartError } from '@roost/observability';
import { redactUrl } from '@roost/settings';
import type { Settings } from '@roost/settings';
import mongoose from 'mongoose';
import type { ConnectOptions, mongo } from 'mongoose';
import { endWritesWithTheirSocket } from './driver-writes.js';

endWritesWithTheirSocket();

/** How long a command waits for a primary: an election takes longer, and clients retry better than servers queue. */
const serverSelectionMaxMs = 1_000;

/**
 * Every call has a bound, nothing waits in a buffer, and a write is acknowledged when the majority has it in its
 * journal: an acknowledged message does not die with one node. Nor is anything read that could: where a primary is
 * elected that lacks it, the log would go on behind a place that is free again.
 */
export function mongoOptions(settings: Settings): ConnectOptions {
  const { mongodbTimeoutMs, mongodbMaxPoolSize } = settings;
  return {
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    maxPoolSize: mongodbMaxPoolSize,
    serverSelectionTimeoutMS: Math.min(serverSelectionMaxMs, mongodbTimeoutMs),
    connectTimeoutMS: mongodbTimeoutMs,
    socketTimeoutMS: mongodbTimeoutMs,
    waitQueueTimeoutMS: mongodbTimeoutMs,
    retryWrites: true,
    retryReads: true,
    readConcern: { level: 'majority' },
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: mongodbTimeoutMs },
  };
}

/** The same without a bound: building an index takes what it takes. */
export const migratingOptions = (settings: Settings): ConnectOptions => ({
  ...mongoOptions(settings),
  socketTimeoutMS: 0,
  writeConcern: { w: 'majority', journal: true },
});

/**
 * Waits until MongoDB answers and takes writes, at most STORES_START_TIMEOUT_MS, and does work with a connection of its own.
 *
 * @throws StartError that says where it was looked for
 */
export async function withMongo<Result>(
  settings: Settings,
  options: (settings: Settings) => ConnectOptions,
  work: (db: mongo.Db) => Promise<Result>,
): Promise<Result> {
  const connection = mongoose.createConnection();
  try {
    await connection.openUri(settings.mongodbUri, {
      ...options(settings),
      maxPoolSize: 2,
      serverSelectionTimeoutMS: settings.storesStartTimeoutMs,
    });
    if (!connection.db) throw new Error('not connected');
  } catch (cause) {
    await connection.close();
    throw new StartError(`MongoDB does not answer at ${redactUrl(settings.mongodbUri)}`, { cause });
  }
  try {
    return await work(connection.db);
  } finally {
    await connection.close();
  }
}
