import { collectDefaultMetrics } from 'prom-client';
import { counter, registry } from './declare-metric.js';
import { loopLookMs, loopLooks } from './event-loop.js';

/** Of this library alone: each part declares its own, in a `metrics.ts` beside its code. */
export const metrics = {
  logLinesDroppedTotal: counter(
    'roost_log_lines_dropped_total',
    'Log lines that could not be written: the disk is full, or their reader is gone or does not read.',
  ),
};

/** Starts the collection of CPU, memory, garbage collection and event loop figures; once per process. */
export function startProcessMetrics(): void {
  // In the same moment as that of the metrics: both look when the process wakes once.
  loopLooks.enable();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopLookMs });
}

/** All metrics in the Prometheus text format, and its content type. */
export async function renderMetrics(): Promise<{ contentType: string; text: string }> {
  return { contentType: registry.contentType, text: await registry.metrics() };
}
