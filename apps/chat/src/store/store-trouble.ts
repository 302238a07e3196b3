import { mongo, MongooseError } from 'mongoose';
import { isUnconfirmed, writeConflictCode } from './store-errors.js';

/** What keeps the store from answering, as logs and metrics call it. */
export const storeTroubles = [
  'disk_full',
  'quota',
  'auth',
  'not_primary',
  'stopping',
  'timeout',
  'network',
  'unconfirmed',
  'conflict',
  'overloaded',
  'other',
] as const;
export type StoreTrouble = (typeof storeTroubles)[number];

/**
 * Codes of a server that answered, but cannot do its work now: the same request may succeed later, for some of them when
 * an operator has done something about it. Names as in MongoDB's `error_codes.yml`.
 */
const troubleByCode = new Map<unknown, StoreTrouble>([
  [14031, 'disk_full'], // OutOfDiskSpace
  [371, 'quota'], // UserWritesBlocked: hosts block writes where a disk is nearly full
  [13, 'auth'], // Unauthorized
  [18, 'auth'], // AuthenticationFailed
  [391, 'auth'], // ReauthenticationRequired
  [189, 'not_primary'], // PrimarySteppedDown
  [10058, 'not_primary'], // LegacyNotPrimary
  [10107, 'not_primary'], // NotWritablePrimary
  [11602, 'not_primary'], // InterruptedDueToReplStateChange
  [13435, 'not_primary'], // NotPrimaryNoSecondaryOk
  [13436, 'not_primary'], // NotPrimaryOrSecondary
  [91, 'stopping'], // ShutdownInProgress
  [11600, 'stopping'], // InterruptedAtShutdown
  [24, 'timeout'], // LockTimeout
  [50, 'timeout'], // MaxTimeMSExpired
  [202, 'timeout'], // NetworkInterfaceExceededTimeLimit
  [262, 'timeout'], // ExceededTimeLimit
  [6, 'network'], // HostUnreachable
  [7, 'network'], // HostNotFound
  [89, 'network'], // NetworkTimeout
  [9001, 'network'], // SocketException
  [64, 'unconfirmed'], // WriteConcernTimeout
  [100, 'unconfirmed'], // UnsatisfiableWriteConcern
  [writeConflictCode, 'conflict'],
  [462, 'overloaded'], // IngressRequestRateLimitExceeded
]);

/** MongoDB Atlas has one code for all that it refuses by itself; the sentence tells which it is. */
const atlasErrorCode = 8000;

/** What a broken connection is called by Node: the driver lets these through as they are when they meet a write. */
const brokenConnectionCodes = new Set<unknown>([
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** Why the store gave no answer, or cannot work now; undefined for errors that say something of the request. */
export function storeTroubleOf(error: unknown): StoreTrouble | undefined {
  if (isUnanswered(error)) return 'network';
  if (error instanceof mongo.MongoServerError) return serverTroubleOf(error);
  if (error instanceof mongo.MongoError) return driverTroubleOf(error);
  if (error instanceof Error && 'code' in error && brokenConnectionCodes.has(error.code)) return 'network';
  // Not connected: mongoose refuses before the driver is asked.
  const isNotConnected =
    error instanceof MongooseError &&
    /before initial connection|ServerSelection|disconnected/.test(error.message + error.name);
  return isNotConnected ? 'network' : undefined;
}

/** Whether it is the store's trouble, not that of the request: the same request may succeed later. */
export const isStoreUnavailable = (error: unknown): boolean => storeTroubleOf(error) !== undefined;

function serverTroubleOf(error: mongo.MongoServerError): StoreTrouble | undefined {
  const known = troubleByCode.get(error.code);
  if (known !== undefined) return known;
  if (error.code === atlasErrorCode) return atlasTroubleOf(error.message);
  if (isUnconfirmed(error)) return 'unconfirmed';
  return error.hasErrorLabel('RetryableWriteError') ? 'other' : undefined;
}

function atlasTroubleOf(sentence: string): StoreTrouble | undefined {
  if (/space quota|storage quota/i.test(sentence)) return 'quota';
  if (/\bauth|not allowed|not authorized/i.test(sentence)) return 'auth';
  return 'other';
}

/** What the driver says by itself, unless it passes on why no server could be taken. */
function driverTroubleOf(error: mongo.MongoError): StoreTrouble | undefined {
  if (error instanceof mongo.MongoInvalidArgumentError) return undefined;
  const known = error.cause instanceof mongo.MongoServerError ? serverTroubleOf(error.cause) : undefined;
  if (known !== undefined) return known;
  if (/Timeout/.test(error.name)) return 'timeout';
  const isConnection = error instanceof mongo.MongoNetworkError || error instanceof mongo.MongoServerSelectionError;
  return isConnection ? 'network' : 'other';
}

/** The driver gives whatever ended a bulk write as an error of the server; where no server said it, it has no number. */
const isUnanswered = (error: unknown): boolean =>
  error instanceof mongo.MongoBulkWriteError && typeof error.code !== 'number';
