import type { Writable } from 'node:stream';

import { guardedListener } from './boundary.js';

/** What is written to this stream in the present turn of the event loop leaves as one write to the system, at its end. */
export function corkThisTurn(stream: Writable): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(guardedListener('cork', () => stream.uncork()));
}
