import { CommandError } from '../errors.js';
import type { Doc, Value } from '../bson/value.js';
import { EMPTY_ARRAY, type KeyValue } from './encode.js';

/** Where the walk of one field has come to: a value, and the names still to go. */
interface Walk {
  value: Value | undefined;
  parts: readonly string[];
}

export interface Extracted {
  /** One row of values, a value per field, for each index entry of the document. */
  rows: KeyValue[][];
  /** Per field: an array was met on its path. */
  multikey: boolean[];
}

/**
 * The index entries of a document: one for each element when a path meets an array. Two fields may meet the same array
 * (they then walk through it together) but not two different ones, as in MongoDB.
 */
export function extractKeys(doc: Doc, paths: readonly (readonly string[])[]): Extracted {
  const found: Extracted = { rows: [], multikey: paths.map(() => false) };
  expand(
    paths.map((parts) => ({ value: doc, parts })),
    found,
    new Set(),
  );
  return found;
}

function expand(walks: Walk[], found: Extracted, opened: ReadonlySet<Walk>): void {
  const moved = walks.map((walk) => (opened.has(walk) ? walk : descend(walk)));
  const array = moved.find((walk) => isUnopened(walk, opened))?.value as Value[] | undefined;
  if (array === undefined) {
    found.rows.push(moved.map((walk) => walk.value));
    return;
  }
  const inside = moved.map((walk) => isUnopened(walk, opened));
  moved.forEach((walk, field) => {
    if (inside[field] && walk.value !== array) {
      throw new CommandError('CannotIndexParallelArrays', 'cannot index parallel arrays');
    }
    if (inside[field]) found.multikey[field] = true;
  });
  if (array.length === 0) {
    found.rows.push(moved.map((walk, field) => (inside[field] ? emptyEnd(walk) : leafOf(walk))));
    return;
  }
  for (const element of array) expandElement(moved, inside, element, found, opened);
}

function expandElement(
  walks: Walk[],
  inside: boolean[],
  element: Value,
  found: Extracted,
  opened: ReadonlySet<Walk>,
): void {
  const nextOpened = new Set(opened);
  const next = walks.map((walk, field) => {
    if (!inside[field]) return walk;
    const stepped = stepInto(walk, element);
    if (walk.parts.length === 0) nextOpened.add(stepped);
    return stepped;
  });
  expand(next, found, nextOpened);
}

/** The element itself at the end of a path; on the way only an element that is a document leads further. */
function stepInto(walk: Walk, element: Value): Walk {
  if (walk.parts.length === 0) return { value: element, parts: [] };
  return element instanceof Map ? descend({ value: element, parts: walk.parts }) : { value: undefined, parts: [] };
}

const isUnopened = (walk: Walk, opened: ReadonlySet<Walk>): boolean => Array.isArray(walk.value) && !opened.has(walk);

const emptyEnd = (walk: Walk): KeyValue => (walk.parts.length === 0 ? EMPTY_ARRAY : undefined);
const leafOf = (walk: Walk): KeyValue => walk.value;

function descend(walk: Walk): Walk {
  let { value } = walk;
  let at = 0;
  while (at < walk.parts.length && value instanceof Map) {
    value = value.get(walk.parts[at]!);
    at += 1;
  }
  if (at === walk.parts.length || Array.isArray(value)) return at === 0 ? walk : { value, parts: walk.parts.slice(at) };
  return { value: undefined, parts: [] };
}
