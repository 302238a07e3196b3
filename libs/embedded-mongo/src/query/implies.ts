import { equal } from '../bson/compare.js';
import type { Value } from '../bson/value.js';
import { compileFilter } from './match.js';
import { fieldFilter, type Filter, type Test } from './parse.js';

/**
 * Whether every document that satisfies `filter` also satisfies `partial`, the condition of a partial index. "No" where
 * it cannot be told: the index is then not used, which is never wrong.
 */
export function implies(filter: Filter, partial: Filter): boolean {
  switch (partial.kind) {
    case 'and':
      return partial.parts.every((part) => implies(filter, part));
    case 'or':
      return partial.parts.some((part) => implies(filter, part));
    case 'nor':
      return false;
    case 'field':
      return impliesField(filter, partial.path, partial.test);
  }
}

function impliesField(filter: Filter, path: string, wanted: Test): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.some((part) => impliesField(part, path, wanted));
    case 'or':
      return filter.parts.every((part) => impliesField(part, path, wanted));
    case 'nor':
      return false;
    case 'field':
      return filter.path === path && testImplies(filter.test, wanted);
  }
}

function testImplies(given: Test, wanted: Test): boolean {
  if (given.op === 'exists') return wanted.op === 'exists';
  if (given.op === 'regex') return wanted.op === 'exists';
  if (given.op === 'in') return given.regexes.length === 0 && given.values.every((value) => holdsFor(value, wanted));
  if (!('value' in given)) return false;
  if (given.op === 'eq') return holdsFor(given.value, wanted);
  if (wanted.op === 'exists') return given.value !== null;
  return 'value' in wanted && wanted.op === given.op && equal(given.value, wanted.value);
}

/** The field holds this very value (or an array with it), so a test that one value can satisfy is satisfied. */
function holdsFor(value: Value, wanted: Test): boolean {
  // Equality with null also finds the missing field, equality with an array the array inside an array.
  if (value === null || Array.isArray(value)) return false;
  return compileFilter(fieldFilter('v', wanted))(new Map([['v', value]]));
}
