import type { Value } from '../bson/value.js';

export const splitPath = (path: string): string[] => path.split('.');

const INDEX = /^(0|[1-9]\d{0,8})$/;
export const isArrayIndex = (part: string): boolean => INDEX.test(part);

/**
 * Calls `visit` with every value that a path reaches, `undefined` where it ends in nothing, and stops at the first `true`.
 * As in MongoDB an array on the way stands for its elements that are documents, and a number also for its n-th element;
 * an array without such elements reaches nothing at all.
 */
export function reach(
  value: Value | undefined,
  parts: readonly string[],
  visit: (value: Value | undefined) => boolean,
  at = 0,
): boolean {
  const part = parts[at];
  if (part === undefined) return visit(value);
  if (value instanceof Map) return reach(value.get(part), parts, visit, at + 1);
  if (!Array.isArray(value)) return visit(undefined);
  for (const element of value) {
    if (element instanceof Map && reach(element, parts, visit, at)) return true;
  }
  if (isArrayIndex(part) && Number(part) < value.length) return reach(value[Number(part)], parts, visit, at + 1);
  return false;
}

/** As `reach`, but an array at the end of the path is visited element by element and then as a whole. */
export function reachElements(
  doc: Value,
  parts: readonly string[],
  visit: (value: Value | undefined) => boolean,
): boolean {
  return reach(doc, parts, (value) => (Array.isArray(value) && value.some(visit)) || visit(value));
}
