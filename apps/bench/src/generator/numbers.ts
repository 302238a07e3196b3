import type { Quantiles } from './messages.js';

/** Median and 99th percentile; NaN where there are no values. Sorts `values`. */
export function quantilesOf(values: number[]): Quantiles {
  values.sort((a, b) => a - b);
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
