import { mongo } from 'mongoose';
import { systemClock } from '../kernel/clock.js';
import { withTimeout } from '../kernel/with-timeout.js';

/** The driver tries a call once more where it got no answer. */
export const writeMaxMs = (mongodbTimeoutMs: number): number => 2 * mongodbTimeoutMs;

/**
 * What a write gives, within twice the time-out of a call: the driver tries once more. Beyond that it may wait for ever,
 * which happens where a connection ends while it is written to, and others wait behind the write of a log.
 *
 * @throws MongoNetworkTimeoutError: it is not known what was stored
 */
export async function bounded<T>(write: Promise<T>, mongodbTimeoutMs: number, clock = systemClock): Promise<T> {
  try {
    return await withTimeout(write, writeMaxMs(mongodbTimeoutMs), clock);
  } catch (cause) {
    if (cause instanceof DOMException) throw new mongo.MongoNetworkTimeoutError(cause.message, { cause });
    throw cause;
  }
}
