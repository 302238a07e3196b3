import { type Doc, isDoc, type Value } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { compileFilter, elementPredicate, elementTest } from '../query/match.js';
import { type Filter, parseFilter } from '../query/parse.js';
import { getAt } from './place.js';

/** The filters of `arrayFilters` by their identifier: `{ 'm.read': false }` is about `$[m]`. */
export type ArrayFilters = ReadonlyMap<string, (element: Value) => boolean>;

export function parseArrayFilters(value: Value | undefined): ArrayFilters {
  if (value === undefined) return new Map();
  if (!Array.isArray(value)) throw new CommandError('TypeMismatch', 'arrayFilters has to be an array');
  const filters = new Map<string, (element: Value) => boolean>();
  for (const one of value) {
    if (!isDoc(one)) throw new CommandError('TypeMismatch', 'an array filter has to be a document');
    const filter = parseFilter(one);
    const names = new Set(pathsOf(filter).map((path) => path.split('.')[0]!));
    const [name] = names;
    if (name === undefined || names.size > 1) {
      throw new CommandError('FailedToParse', 'an array filter has to be about exactly one identifier');
    }
    if (filters.has(name)) throw new CommandError('FailedToParse', `two array filters for the identifier ${name}`);
    const matches = compileFilter(filter);
    filters.set(name, (element) => matches(new Map([[name, element]])));
  }
  return filters;
}

const pathsOf = (filter: Filter): string[] =>
  filter.kind === 'field' ? [filter.path] : filter.parts.flatMap((part) => pathsOf(part));

/** The places that a path with `$`, `$[]` or `$[name]` stands for in this document. */
export function concretePaths(
  doc: Doc,
  parts: string[],
  filter: Filter | undefined,
  filters: ArrayFilters,
): string[][] {
  const at = parts.findIndex((part) => part.startsWith('$'));
  if (at < 0) return [parts];
  const before = parts.slice(0, at);
  const array = getAt(doc, before);
  const positions = positionsFor(parts[at]!, { doc, before, array, filter, filters });
  return positions.flatMap((position) =>
    concretePaths(doc, [...before, String(position), ...parts.slice(at + 1)], filter, filters),
  );
}

interface Site {
  doc: Doc;
  before: string[];
  array: Value | undefined;
  filter: Filter | undefined;
  filters: ArrayFilters;
}

function positionsFor(part: string, { doc, before, array, filter, filters }: Site): number[] {
  if (part === '$') return [matchedPosition(doc, before, filter)];
  if (!Array.isArray(array)) {
    throw new CommandError(
      'BadValue',
      `The path '${before.join('.')}' must exist and hold an array to apply array updates`,
    );
  }
  if (part === '$[]') return [...array.keys()];
  const name = part.slice(2, -1);
  const matches = filters.get(name);
  if (matches === undefined) {
    throw new CommandError('BadValue', `No array filter found for identifier '${name}' in path '${before.join('.')}'`);
  }
  return [...array.keys()].filter((position) => matches(array[position]!));
}

/** Which element the query found: taken from the document as it was before the update. */
function matchedPosition(doc: Doc, before: string[], filter: Filter | undefined): number {
  const array = getAt(doc, before);
  const found = filter && Array.isArray(array) ? positionIn(array, before.join('.'), filter) : undefined;
  if (found === undefined) {
    throw new CommandError('BadValue', 'The positional operator did not find the match needed from the query.');
  }
  return found;
}

function positionIn(array: Value[], path: string, filter: Filter): number | undefined {
  if (filter.kind === 'nor') return undefined;
  if (filter.kind !== 'field') {
    const found = filter.parts.map((part) => positionIn(array, path, part));
    return filter.kind === 'and' ? found.findLast((at) => at !== undefined) : found.find((at) => at !== undefined);
  }
  const matches = elementMatcher(filter, path);
  const at = matches === undefined ? -1 : array.findIndex(matches);
  return at < 0 ? undefined : at;
}

function elementMatcher(
  { path, test }: Extract<Filter, { kind: 'field' }>,
  array: string,
): ((element: Value) => boolean) | undefined {
  if (test.op === 'not' || test.op === 'size' || test.op === 'exists') return undefined;
  if (path === array) return test.op === 'elemMatch' ? elementPredicate(test) : elementTest(test);
  if (!path.startsWith(`${array}.`)) return undefined;
  const inner = path.slice(array.length + 1);
  const matches = compileFilter({ kind: 'field', path: inner, parts: inner.split('.'), test });
  return (element) => isDoc(element) && matches(element);
}
