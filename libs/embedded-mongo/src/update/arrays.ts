import { BSONRegExp } from 'bson';
import { compare, equal } from '../bson/compare.js';
import { type Doc, isDoc, isNumber, toNumber, type Value } from '../bson/value.js';
import { elementPredicate, elementTest } from '../query/match.js';
import { type Filter, parseFilter, type Test } from '../query/parse.js';
import { parseSort, sortKey } from '../query/sort.js';

/** `$push`: a value, or `$each` with `$position`, `$sort` and `$slice`, in this order. */
export function push(array: Value[], operand: Value): Value[] {
  const { values, modifiers } = each(operand);
  const position = modifiers?.get('$position');
  const at = isNumber(position) ? toNumber(position) : array.length;
  const start = at >= 0 ? Math.min(at, array.length) : Math.max(0, array.length + at);
  const joined = [...array.slice(0, start), ...values, ...array.slice(start)];
  const order = modifiers?.get('$sort');
  const sorted = order === undefined ? joined : sortElements(joined, order);
  const slice = modifiers?.get('$slice');
  if (!isNumber(slice)) return sorted;
  const keep = toNumber(slice);
  if (keep === 0) return [];
  return keep > 0 ? sorted.slice(0, keep) : sorted.slice(keep);
}

function sortElements(values: Value[], order: Value): Value[] {
  if (isNumber(order)) return values.toSorted((a, b) => compare(a, b) * toNumber(order));
  const fields = parseSort(order);
  const keyed = values.map((value) => ({ value, key: sortKey(isDoc(value) ? value : new Map(), fields) }));
  return keyed.toSorted((a, b) => Buffer.compare(a.key, b.key)).map(({ value }) => value);
}

function each(operand: Value): { values: Value[]; modifiers: Doc | undefined } {
  if (!isDoc(operand) || !operand.has('$each')) return { values: [operand], modifiers: undefined };
  return { values: operand.get('$each') as Value[], modifiers: operand };
}

/** `$addToSet`: what is not there yet, each once. */
export function addToSet(array: Value[], operand: Value): Value[] {
  const result = [...array];
  for (const value of each(operand).values) if (!result.some((present) => equal(present, value))) result.push(value);
  return result;
}

/** `$pull`: without the elements that equal the operand or, where it is a condition, satisfy it. */
export function pull(array: Value[], operand: Value): Value[] {
  const matches = pullCondition(operand);
  return array.filter((element) => !matches(element));
}

function pullCondition(operand: Value): (element: Value) => boolean {
  if (operand instanceof BSONRegExp || isOperators(operand)) {
    const tests = testsOf(parseFilter(new Map([['element', operand]]))).map(elementTest);
    return (element) => tests.every((matches) => matches(element));
  }
  if (!isDoc(operand)) return (element) => equal(element, operand);
  const matches = elementPredicate({ op: 'elemMatch', filter: parseFilter(operand), tests: [] });
  return (element) => isDoc(element) && matches(element);
}

const isOperators = (value: Value): boolean => {
  const first = isDoc(value) ? (value.keys().next().value ?? '') : '';
  return first.startsWith('$') && !['$and', '$or', '$nor'].includes(first);
};

const testsOf = (filter: Filter): Test[] =>
  filter.kind === 'field' ? [filter.test] : filter.parts.flatMap((part) => testsOf(part));

export const pullAll = (array: Value[], operand: Value[]): Value[] =>
  array.filter((element) => !operand.some((value) => equal(value, element)));
