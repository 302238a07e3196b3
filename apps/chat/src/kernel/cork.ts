import type { Writable } from 'node:stream';
import { guardedListener, reportFault } from './boundary.js';

const corked: Writable[] = [];

/**
 * What is written to this stream in the present turn of the event loop leaves as one write to the system, at its end: a
 * write costs more than what is written. Harmless to repeat, and where the stream is ended or destroyed meanwhile.
 */
export function corkThisTurn(stream: Writable): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  corked.push(stream);
  if (corked.length === 1) setImmediate(guardedListener('cork', uncorkAll));
}

function uncorkAll(): void {
  for (const stream of corked.splice(0)) {
    try {
      stream.uncork();
    } catch (error) {
      // The others are still to be uncorked.
      reportFault('cork', error);
    }
  }
}
