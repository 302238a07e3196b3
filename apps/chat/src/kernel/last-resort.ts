import { reportFault } from './boundary.js';
import { metrics } from './metrics.js';

/**
 * For what gets past every boundary; once, at start. A promise that nobody handled concerns one piece of work: it is
 * survived. After an exception that nobody caught the state of the process is not known: it drains as for SIGTERM and ends
 * with 1, after `drainMaxMs` at the latest.
 */
export function installLastResort(drainMaxMs: number): void {
  process.on('unhandledRejection', (reason) => {
    metrics.unhandledRejectionsTotal.inc();
    reportFault('unhandled rejection', reason);
  });
  process.on('uncaughtException', (error) => {
    metrics.uncaughtExceptionsTotal.inc();
    reportFault('uncaught exception', error);
    endInOrder(drainMaxMs);
  });
}

let isEnding = false;

function endInOrder(drainMaxMs: number): void {
  if (isEnding) return;
  isEnding = true;
  // Who ends on SIGTERM ends with 0; the last word is spoken here.
  process.once('exit', () => (process.exitCode = 1));
  setTimeout(() => process.exit(), drainMaxMs).unref();
  process.kill(process.pid, 'SIGTERM');
}
