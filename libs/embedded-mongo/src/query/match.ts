import { BSONRegExp } from 'bson';
import { compare, equal } from '../bson/compare.js';
import { type Doc, isDoc, isDouble, isNumber, rankOf, toNumber, typeName, type Value } from '../bson/value.js';
import { encodeKey } from '../keys/encode.js';
import type { Comparison, Filter, Test } from './parse.js';
import { reach, reachElements } from './path.js';
import type { CompiledRegex } from './regex.js';

export type Predicate = (doc: Doc) => boolean;
type ValuePredicate = (value: Value | undefined) => boolean;

/** Turns a filter into a function of a document. */
export function compileFilter(filter: Filter): Predicate {
  if (filter.kind === 'field') return compileField(filter.parts, filter.test);
  const parts = filter.parts.map(compileFilter);
  switch (filter.kind) {
    case 'and':
      return parts.length === 1 ? parts[0]! : (doc) => parts.every((part) => part(doc));
    case 'or':
      return (doc) => parts.some((part) => part(doc));
    case 'nor':
      return (doc) => !parts.some((part) => part(doc));
  }
}

function compileField(path: string[], test: Test): Predicate {
  if (isValueTest(test)) {
    const matches = valuePredicate(test);
    return (doc) => reachElements(doc, path, matches);
  }
  switch (test.op) {
    case 'not': {
      const tests = test.tests.map((inner) => compileField(path, inner));
      return (doc) => !tests.every((inner) => inner(doc));
    }
    case 'all': {
      const tests = test.tests.map((inner) => compileField(path, inner));
      return (doc) => tests.length > 0 && tests.every((inner) => inner(doc));
    }
    case 'exists':
      return (doc) => reach(doc, path, (value) => value !== undefined);
    case 'size':
      return (doc) => reach(doc, path, (value) => Array.isArray(value) && value.length === test.size);
    case 'elemMatch': {
      const matches = elementPredicate(test);
      return (doc) => reach(doc, path, (value) => Array.isArray(value) && value.some(matches));
    }
  }
}

/** What an element of an array must be to satisfy `$elemMatch`; also tells the positional operator which one it is. */
export function elementPredicate(test: Extract<Test, { op: 'elemMatch' }>): (element: Value) => boolean {
  if (test.filter !== undefined) {
    const matches = compileFilter(test.filter);
    return (element) => {
      if (isDoc(element)) return matches(element);
      // An array inside the array is a document with the names "0", "1", ...
      return Array.isArray(element) && matches(new Map(element.map((value, index) => [String(index), value])));
    };
  }
  // The operators see the element as the value of a field, so that an array inside the array is looked into no further.
  const tests = test.tests.map((inner) => elementTest(inner));
  return (element) => tests.every((matches) => matches(element));
}

/** A test on an element of an array itself. */
export function elementTest(test: Test): (element: Value) => boolean {
  if (isValueTest(test)) return valuePredicate(test);
  switch (test.op) {
    case 'not': {
      const tests = test.tests.map(elementTest);
      return (element) => !tests.every((matches) => matches(element));
    }
    case 'all':
    case 'elemMatch':
    case 'size': {
      const matches = compileField(['element'], test);
      return (element) => matches(new Map([['element', element]]));
    }
    case 'exists':
      return () => true;
  }
}

/** Tests that ask about the field, look into its array, or are made of other tests. */
const fieldOps = ['not', 'all', 'exists', 'size', 'elemMatch'] as const;
type FieldOp = (typeof fieldOps)[number];

/** A test of one value by itself. */
type ValueTest = Exclude<Test, { op: FieldOp }>;

const isValueTest = (test: Test): test is ValueTest => !fieldOps.includes(test.op as FieldOp);

function valuePredicate(test: ValueTest): ValuePredicate {
  switch (test.op) {
    case 'eq':
      return equality(test.value);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return inequality(test.op, test.value);
    case 'in':
      return membership(test.values, test.regexes);
    case 'regex':
      return (value) => matchesRegex(value, test.regex);
    case 'type':
      return (value) => value !== undefined && test.names.includes(typeName(value));
    case 'mod':
      return (value) => {
        if (!isNumber(value) || !Number.isFinite(toNumber(value))) return false;
        const whole = typeof value === 'bigint' ? value : BigInt(Math.trunc(toNumber(value)));
        return whole % test.divisor === test.remainder;
      };
  }
}

/** Null equals what is missing. */
function equality(operand: Value): ValuePredicate {
  if (operand === null) return (value) => value === undefined || value === null;
  if (typeof operand === 'string') return (value) => value === operand;
  return (value) => value !== undefined && equal(value, operand);
}

/** Compares only within the operand's type; NaN is neither above nor below a number; MinKey and MaxKey see all types. */
function inequality(op: Exclude<Comparison, 'eq'>, operand: Value): ValuePredicate {
  const holds = orderTest(op);
  const rank = rankOf(operand);
  const kind = typeName(operand);
  if (kind === 'minKey' || kind === 'maxKey') return (value) => value !== undefined && holds(compare(value, operand));
  if (kind === 'null') return (value) => holds(0) && (value === undefined || value === null);
  const nan = isNaNValue(operand);
  return (value) => {
    if (value === undefined || rankOf(value) !== rank) return false;
    if (nan || isNaNValue(value)) return nan && isNaNValue(value) && holds(0);
    return holds(compare(value, operand));
  };
}

export const isNaNValue = (value: Value): boolean => isDouble(value) && Number.isNaN(value.value);

function orderTest(op: Exclude<Comparison, 'eq'>): (order: number) => boolean {
  switch (op) {
    case 'gt':
      return (order) => order > 0;
    case 'gte':
      return (order) => order >= 0;
    case 'lt':
      return (order) => order < 0;
    case 'lte':
      return (order) => order <= 0;
  }
}

/** One look-up by the value's key, however long the list is. */
function membership(values: Value[], regexes: CompiledRegex[]): ValuePredicate {
  const keys = new Set(values.map(lookupKey));
  return (value) => keys.has(lookupKey(value)) || regexes.some((regex) => matchesRegex(value, regex));
}

const lookupKey = (value: Value | undefined): string =>
  typeof value === 'string' ? value : `\0${encodeKey([value], [1]).toString('latin1')}`;

function matchesRegex(value: Value | undefined, regex: CompiledRegex): boolean {
  if (typeof value === 'string') return regex.test(value);
  return value instanceof BSONRegExp && equal(value, regex.source);
}
