/** The thread of `stall-watch.ts`. Imports nothing from here: it has to be small, and to run when nothing else does. */
import { write } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';

/** What the thread is told. */
export interface WatchedLoop {
  /** The loop adds one to its only element, at least once between two looks. */
  readonly counter: Int32Array;
  /** How many looks in a row without a change mean that the loop stands still. */
  readonly looks: number;
  readonly lookMs: number;
  readonly replica: string;
}

/** Standard error may be what the loop is stuck in: the process ends whether or not the line is written. */
const lastLineMaxMs = 500;

/**
 * Counts looks, not time: while the whole process was paused (a laptop that slept, `docker pause`) this timer did not run
 * either, and comes once afterwards, when the loop counts again.
 */
function watch({ counter, looks, lookMs, replica }: WatchedLoop): void {
  let last = -1;
  let unchanged = 0;
  // oxlint-disable-next-line roost/guarded-callbacks -- a throw here ends this thread alone, and its owner is told
  setInterval(() => {
    const now = Atomics.load(counter, 0);
    unchanged = now === last ? unchanged + 1 : 0;
    last = now;
    if (unchanged === looks) end(replica, looks * lookMs);
  }, lookMs);
}

/** `process.exit` would end this thread alone, and a handler of SIGTERM would run on the loop that stands still. */
function end(replica: string, stalledMs: number): void {
  const msg = `the event loop has stood still for ${stalledMs} ms: ending the process`;
  write(2, `${JSON.stringify({ level: 'fatal', time: new Date().toISOString(), replica, stalledMs, msg })}\n`, kill);
  setTimeout(kill, lastLineMaxMs);
}

const kill = () => process.kill(process.pid, 'SIGKILL');

if (!isMainThread) watch(workerData as WatchedLoop);
