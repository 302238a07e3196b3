import { BSONRegExp } from 'bson';
import { type Doc, isDoc, isNumber, toNumber, type TypeName, typeName, type Value } from '../bson/value.js';
import { CommandError, notSupported } from '../errors.js';
import { splitPath } from './path.js';
import { compileRegex, type CompiledRegex } from './regex.js';

export type Comparison = 'eq' | 'gt' | 'gte' | 'lt' | 'lte';

/** What one field must satisfy. */
export type Test =
  | { op: Comparison; value: Value }
  | { op: 'in'; values: Value[]; regexes: CompiledRegex[] }
  | { op: 'regex'; regex: CompiledRegex }
  | { op: 'exists' }
  | { op: 'type'; names: TypeName[] }
  | { op: 'size'; size: number }
  | { op: 'mod'; divisor: bigint; remainder: bigint }
  | { op: 'elemMatch'; filter: Filter | undefined; tests: Test[] }
  | { op: 'not'; tests: Test[] }
  | { op: 'all'; tests: Test[] };

/** A parsed filter. */
export type Filter =
  { kind: 'and' | 'or' | 'nor'; parts: Filter[] } | { kind: 'field'; path: string; parts: string[]; test: Test };

export const fieldFilter = (path: string, test: Test): Filter => ({
  kind: 'field',
  path,
  parts: splitPath(path),
  test,
});

/** Parses a filter document. Throws BadValue for what is malformed, and by name for what this server does not do. */
export function parseFilter(doc: Doc): Filter {
  const parts: Filter[] = [];
  for (const [name, value] of doc) {
    if (name === '$comment') continue;
    if (name.startsWith('$')) parts.push(parseLogical(name, value));
    else for (const test of parseTests(value)) parts.push(fieldFilter(name, test));
  }
  return { kind: 'and', parts };
}

function parseLogical(name: string, value: Value): Filter {
  if (name !== '$and' && name !== '$or' && name !== '$nor') throw unknown(name, 'top level operator');
  if (!Array.isArray(value) || value.length === 0) {
    throw new CommandError('BadValue', `${name} argument must be a nonempty array`);
  }
  return {
    kind: name.slice(1) as 'and' | 'or' | 'nor',
    parts: value.map((part) => {
      if (!isDoc(part)) throw new CommandError('BadValue', `${name} entries need to be full objects`);
      return parseFilter(part);
    }),
  };
}

/** Operators that exist in MongoDB and not here; any other name is a mistake of the caller. */
const known = new Set(
  (
    '$expr $where $text $jsonSchema $sampleRate $alwaysTrue $alwaysFalse $bitsAllSet $bitsAllClear $bitsAnySet ' +
    '$bitsAnyClear $geoWithin $geoIntersects $near $nearSphere $within $minDistance $maxDistance'
  ).split(' '),
);

function unknown(name: string, what: string): CommandError {
  return known.has(name) ? notSupported(name) : new CommandError('BadValue', `unknown ${what}: ${name}`);
}

const isOperators = (value: Value): value is Doc => isDoc(value) && (value.keys().next().value ?? '').startsWith('$');

/** The tests a field's condition stands for: a plain value means equality, a document of operators all of them. */
function parseTests(value: Value): Test[] {
  if (value instanceof BSONRegExp) return [{ op: 'regex', regex: compileRegex(value) }];
  if (!isOperators(value)) return [{ op: 'eq', value }];
  if (value.has('$ref') || value.has('$id')) throw notSupported('a DBRef in a filter');
  const tests: Test[] = [];
  for (const [name, operand] of value) {
    if (name === '$options') {
      if (!value.has('$regex')) throw new CommandError('BadValue', '$options needs a $regex');
    } else tests.push(name === '$regex' ? regexTest(operand, value.get('$options')) : parseOperator(name, operand));
  }
  return tests;
}

function parseOperator(name: string, operand: Value): Test {
  switch (name) {
    case '$eq':
      return { op: 'eq', value: operand };
    case '$ne':
      return { op: 'not', tests: [{ op: 'eq', value: noRegex(name, operand) }] };
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return { op: name.slice(1) as Comparison, value: noRegex(name, operand) };
    case '$in':
      return inTest(name, operand);
    case '$nin':
      return { op: 'not', tests: [inTest(name, operand)] };
    case '$exists':
      return truthy(operand) ? { op: 'exists' } : { op: 'not', tests: [{ op: 'exists' }] };
    case '$type':
      return { op: 'type', names: (Array.isArray(operand) ? operand : [operand]).flatMap(typeAlias) };
    case '$size':
      return { op: 'size', size: wholeNumber(name, operand) };
    case '$mod':
      return modTest(operand);
    case '$not':
      return { op: 'not', tests: notTests(operand) };
    case '$all':
      return allTest(operand);
    case '$elemMatch':
      return elemMatch(operand);
    default:
      throw unknown(name, 'operator');
  }
}

function noRegex(name: string, operand: Value): Value {
  if (operand instanceof BSONRegExp) throw new CommandError('BadValue', `Can't have RegEx as arg to ${name}`);
  return operand;
}

function regexTest(operand: Value, options: Value | undefined): Test {
  if (options !== undefined && typeof options !== 'string') {
    throw new CommandError('BadValue', '$options has to be a string');
  }
  if (operand instanceof BSONRegExp) {
    return { op: 'regex', regex: compileRegex(new BSONRegExp(operand.pattern, options ?? operand.options)) };
  }
  if (typeof operand !== 'string') throw new CommandError('BadValue', '$regex has to be a string');
  return { op: 'regex', regex: compileRegex(new BSONRegExp(operand, options ?? '')) };
}

function inTest(name: string, operand: Value): Test {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', `${name} needs an array`);
  const regexes = operand.filter((value) => value instanceof BSONRegExp).map(compileRegex);
  if (operand.some(isOperators)) throw new CommandError('BadValue', `cannot nest $ under ${name}`);
  return { op: 'in', values: operand.filter((value) => !(value instanceof BSONRegExp)), regexes };
}

const truthy = (value: Value): boolean => (isNumber(value) ? toNumber(value) !== 0 : value !== false && value !== null);

function wholeNumber(name: string, operand: Value): number {
  if (isNumber(operand) && Number.isInteger(toNumber(operand)) && toNumber(operand) >= 0) return toNumber(operand);
  throw new CommandError('BadValue', `${name} needs a whole number that is not negative`);
}

const typeNumbers: Record<number, string> = {
  [-1]: 'minKey', 1: 'double', 2: 'string', 3: 'object', 4: 'array', 5: 'binData', 7: 'objectId', 8: 'bool', 9: 'date',
  10: 'null', 11: 'regex', 13: 'javascript', 16: 'int', 17: 'timestamp', 18: 'long', 19: 'decimal', 127: 'maxKey',
}; // prettier-ignore
const typeNames = new Set(Object.values(typeNumbers));

function typeAlias(operand: Value): TypeName[] {
  if (operand === 'number') return ['int', 'long', 'double', 'decimal'];
  const name = isNumber(operand) ? typeNumbers[toNumber(operand)] : operand;
  if (typeof name === 'string' && typeNames.has(name)) return [name as TypeName];
  throw new CommandError('BadValue', `Unknown type: ${isNumber(operand) ? toNumber(operand) : typeName(operand)}`);
}

function modTest(operand: Value): Test {
  if (!Array.isArray(operand) || operand.length !== 2 || !operand.every(isNumber)) {
    throw new CommandError('BadValue', 'malformed mod, needs to be an array of two numbers');
  }
  const [divisor, remainder] = operand.map((value) => BigInt(Math.trunc(toNumber(value)))) as [bigint, bigint];
  if (divisor === 0n) throw new CommandError('BadValue', 'divisor cannot be 0');
  return { op: 'mod', divisor, remainder };
}

function notTests(operand: Value): Test[] {
  if (operand instanceof BSONRegExp) return [{ op: 'regex', regex: compileRegex(operand) }];
  if (isOperators(operand)) return parseTests(operand);
  throw new CommandError('BadValue', '$not needs a regex or a document of operators');
}

function allTest(operand: Value): Test {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$all needs an array');
  return {
    op: 'all',
    tests: operand.map((value): Test => {
      if (value instanceof BSONRegExp) return { op: 'regex', regex: compileRegex(value) };
      if (!isOperators(value)) return { op: 'eq', value };
      if (!value.has('$elemMatch')) throw new CommandError('BadValue', 'no $ expressions in $all');
      return elemMatch(value.get('$elemMatch')!);
    }),
  };
}

/** `$elemMatch` holds either operators on the element itself or a filter on the element as a document. */
function elemMatch(operand: Value): Test {
  if (!isDoc(operand)) throw new CommandError('BadValue', '$elemMatch needs an Object');
  const first = operand.keys().next().value ?? '';
  const onElement = first.startsWith('$') && !['$and', '$or', '$nor'].includes(first);
  return onElement
    ? { op: 'elemMatch', filter: undefined, tests: parseTests(operand) }
    : { op: 'elemMatch', filter: parseFilter(operand), tests: [] };
}
