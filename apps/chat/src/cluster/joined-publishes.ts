import type { Redis } from 'ioredis';
import { corkThisTurn } from '../kernel/cork.js';

/** Calls `publish`, and writes what is published in the same turn of the event loop together at its end. */
export function joinPublishes<Arguments extends unknown[], Result>(
  publisher: Redis,
  publish: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  return (...args) => {
    const { stream } = publisher;
    if (stream && stream.writableCorked === 0) corkThisTurn(stream);
    return publish(...args);
  };
}
