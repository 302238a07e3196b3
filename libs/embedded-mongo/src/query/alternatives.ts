import type { KeyRange } from './interval.js';
import type { Filter } from './parse.js';

/**
 * What a filter with one `$or` says, as filters without it: each alternative together with all that has to hold beside it.
 * Undefined where there is no `$or`, or another one beside it.
 */
export function alternativesOf(filter: Filter): readonly Filter[] | undefined {
  const parts = conjuncts(filter);
  const [alternatives, ...others] = parts.filter(isOr);
  if (alternatives === undefined || others.length > 0) return undefined;
  const rest = parts.filter((part) => part !== alternatives);
  return alternatives.parts.map((part) => ({ kind: 'and', parts: [...rest, part] }));
}

const conjuncts = (filter: Filter): readonly Filter[] =>
  filter.kind === 'and' ? filter.parts.flatMap(conjuncts) : [filter];

const isOr = (filter: Filter): filter is Filter & { kind: 'or' } => filter.kind === 'or';

/** All that lies in one of the ranges, in key order, nothing twice. */
export function united(ranges: readonly KeyRange[]): KeyRange[] {
  const merged: KeyRange[] = [];
  for (const range of ranges.toSorted((one, other) => Buffer.compare(one.low, other.low))) {
    const last = merged.at(-1);
    if (last === undefined || Buffer.compare(range.low, last.high) >= 0) merged.push(range);
    else if (Buffer.compare(range.high, last.high) > 0) merged[merged.length - 1] = { low: last.low, high: range.high };
  }
  return merged;
}
