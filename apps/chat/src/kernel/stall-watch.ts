import { extname } from 'node:path';
import { url as debuggerUrl } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { guardedListener, reportFault } from './boundary.js';
import type { WatchedLoop } from './stall-watch.thread.js';

/** Looks within the longest stall, so that it is noticed at most a tenth late. */
const looksPerStall = 10;

/**
 * Ends this process when its event loop stands still for longer than `stallMaxMs`. Nothing that runs on that loop could
 * notice, nobody is answered meanwhile, and Docker restarts only what has ended. So a thread looks whether the loop still
 * counts; a process that is paused as a whole, its threads with it, is left alone.
 *
 * @param stallMaxMs 0: never. Nor where a debugger listens, which may hold the loop at a breakpoint.
 */
export function endOnStall(stallMaxMs: number, replica: string): void {
  if (stallMaxMs === 0 || debuggerUrl() !== undefined) return;
  const counter = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const lookMs = Math.max(1, Math.floor(stallMaxMs / looksPerStall));
  const workerData: WatchedLoop = { counter, looks: looksPerStall, lookMs, replica };
  const script = fileURLToPath(new URL(`./stall-watch.thread${extname(import.meta.url)}`, import.meta.url));
  // A small thread: it holds a number and a timer.
  const thread = new Worker(script, { workerData, resourceLimits: { maxOldGenerationSizeMb: 16 } });
  // Nobody watches then, and the replica serves on.
  thread.on(
    'error',
    guardedListener('stall watch', (error: unknown) => reportFault('stall watch', error)),
  );
  thread.unref();
  setInterval(
    guardedListener('stall watch', () => Atomics.add(counter, 0, 1)),
    lookMs / 2,
  ).unref();
}
