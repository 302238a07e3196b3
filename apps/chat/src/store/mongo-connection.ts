import { StartError } from '@roost/observability';
import { redactUrl } from '@roost/settings';
import type { Settings } from '@roost/settings';
import mongoose from 'mongoose';
import type { ConnectOptions } from 'mongoose';

/** How long a command waits for a primary: an election takes longer, and clients retry better than servers queue. */
const serverSelectionMaxMs = 1_000;

/**
 * Every call has a bound, nothing waits in a buffer, and a write is acknowledged when the majority has it in its
 * journal: an acknowledged message does not die with one node.
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
    writeConcern: { w: 'majority', journal: true, wtimeoutMS: mongodbTimeoutMs },
  };
}

/**
 * Waits until MongoDB answers and takes writes, at most STORES_START_TIMEOUT_MS.
 *
 * @throws StartError that says where it was looked for
 */
export async function waitForMongo(settings: Settings): Promise<void> {
  const connection = mongoose.createConnection();
  try {
    await connection.openUri(settings.mongodbUri, {
      ...mongoOptions(settings),
      maxPoolSize: 1,
      serverSelectionTimeoutMS: settings.storesStartTimeoutMs,
    });
  } catch (cause) {
    throw new StartError(`MongoDB does not answer at ${redactUrl(settings.mongodbUri)}`, { cause });
  } finally {
    await connection.close();
  }
}
