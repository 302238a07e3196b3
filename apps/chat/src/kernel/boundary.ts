import { currentCorrelationId } from '@roost/observability';
import type { Logger } from 'pino';
import { FoldedLines, kindOf } from './folded-lines.js';
import type { Repeats } from './folded-lines.js';
import { metrics } from './metrics.js';

/** On stderr until the process has its log. */
let log: Pick<Logger, 'error'> = { error: (fields: object, what?: string) => console.error(what, fields) };

/** For lines of one kind that come again and again. */
export const foldLines = (): FoldedLines =>
  new FoldedLines((work, ms) => void setTimeout(guardedListener('folded lines', work), ms).unref());

const folded = foldLines();
// Before the listener that writes the last lines, whenever that was added.
process.prependOnceListener('exit', () => folded.tellNow());

/** Once, at start. */
export function reportFaultsTo(logger: Logger): void {
  log = logger;
}

/**
 * Logs and counts what nobody expected, and gives the id under which it is found. Never throws.
 *
 * @param where the part in which it happened; a fixed text, for it becomes a label of a metric
 */
export function reportFault(where: string, error: unknown): string {
  const correlationId = currentCorrelationId();
  metrics.faultsTotal.inc({ where });
  const again = (repeats: Repeats) => log.error({ where, ...repeats }, 'fault seen again');
  if (!folded.isFirst(`${where} ${kindOf(error)}`, correlationId, again)) return correlationId;
  try {
    log.error({ err: error, where, correlationId }, 'fault');
  } catch {
    // One that cannot be shown, such as an error with a getter that throws.
    log.error({ where, correlationId }, 'fault');
  }
  return correlationId;
}

/** Work that nobody waits for: what it throws, at once or later, is a fault of `where` and ends there. */
export function runInBackground(where: string, work: () => unknown): void {
  contained(where, work);
}

/**
 * A listener for what a library, a timer or another process calls. Those do not catch what a listener throws or rejects:
 * it would keep other listeners from being called, break off what the library was doing, or end the process.
 */
export function guardedListener<Args extends unknown[]>(
  where: string,
  listener: (...args: Args) => unknown,
): (...args: Args) => void {
  return (...args) => contained(where, () => listener(...args));
}

/** A promise is made only where there is one: listeners of every frame come through here. */
function contained(where: string, work: () => unknown): void {
  try {
    const result = work();
    if (isPromise(result)) result.then(undefined, (error: unknown) => reportFault(where, error));
  } catch (error) {
    reportFault(where, error);
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
