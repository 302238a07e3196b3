import { type Doc, isDoc, isNumber, toNumber, type Value } from '../bson/value.js';
import { CommandError, notSupported } from '../errors.js';
import { splitPath } from '../query/path.js';

const operators = [
  '$set', '$unset', '$setOnInsert', '$inc', '$mul', '$min', '$max', '$rename', '$currentDate', '$push', '$addToSet', '$pop',
  '$pull', '$pullAll',
] as const; // prettier-ignore

export type Operator = (typeof operators)[number];

/** One operator on one path. */
export interface Change {
  operator: Operator;
  parts: string[];
  operand: Value;
}

export type Update = { kind: 'replace'; doc: Doc } | { kind: 'modify'; changes: Change[] };

/** Parses an update. Throws for what is malformed, for two changes of one place, and by name for what is not done here. */
export function parseUpdate(value: Value | undefined): Update {
  if (Array.isArray(value)) throw notSupported('an update by a pipeline');
  if (!isDoc(value)) throw new CommandError('FailedToParse', 'an update has to be a document');
  const first = value.keys().next().value ?? '';
  if (!first.startsWith('$')) return { kind: 'replace', doc: replacement(value) };
  const changes = [...value].flatMap(([operator, fields]) => parseOperator(operator, fields));
  assertNoConflicts(changes);
  // MongoDB applies changes in the order of their paths; it decides where new fields come to stand.
  return { kind: 'modify', changes: changes.toSorted((a, b) => comparePaths(a.parts, b.parts)) };
}

function replacement(doc: Doc): Doc {
  for (const name of doc.keys()) {
    if (name.startsWith('$')) {
      throw new CommandError('DollarPrefixedFieldName', `The dollar ($) prefixed field '${name}' is not allowed`);
    }
  }
  return doc;
}

function parseOperator(name: string, fields: Value): Change[] {
  const operator = operators.find((known) => known === name);
  if (operator === undefined) {
    if (name === '$bit') throw notSupported(name);
    throw new CommandError('FailedToParse', `Unknown modifier: ${name}. Expected a valid update modifier`);
  }
  if (!isDoc(fields)) {
    throw new CommandError('FailedToParse', `Modifiers operate on fields but ${name} has none: a document is wanted`);
  }
  return [...fields].flatMap(([path, operand]) => {
    const change = { operator, parts: parsePath(path), operand };
    assertOperand(change, path);
    // Both ends of a rename count when changes are compared.
    return operator === '$rename'
      ? [change, { operator, parts: parsePath(operand as string), operand: null }]
      : [change];
  });
}

function parsePath(path: string): string[] {
  const parts = splitPath(path);
  if (parts.includes(''))
    throw new CommandError('EmptyFieldName', `The update path '${path}' contains an empty field name`);
  const odd = parts.find((part, at) => part.startsWith('$') && (at === 0 || !/^\$(\[\w*\])?$/.test(part)));
  if (odd !== undefined) {
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${odd}' in '${path}' is not allowed`,
    );
  }
  return parts;
}

function assertOperand({ operator, operand, parts }: Change, path: string): void {
  switch (operator) {
    case '$inc':
    case '$mul':
      if (isNumber(operand)) return;
      throw new CommandError(
        'TypeMismatch',
        `Cannot ${operator === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}}`,
      );
    case '$rename':
      if (typeof operand !== 'string')
        throw new CommandError('BadValue', `The 'to' field for $rename must be a string: ${path}`);
      if (parts.some((part) => part.startsWith('$')) || operand.includes('$')) {
        throw new CommandError('BadValue', 'The fields of $rename may not be positional');
      }
      return;
    case '$pop':
      if (isNumber(operand) && Math.abs(toNumber(operand)) === 1) return;
      throw new CommandError('FailedToParse', '$pop expects 1 or -1');
    case '$pullAll':
      if (!Array.isArray(operand)) throw new CommandError('BadValue', '$pullAll requires an array argument');
      return;
    case '$currentDate':
      return assertDateWish(operand);
    case '$push':
    case '$addToSet':
      return assertEach(operator, operand);
    case '$set':
    case '$unset':
    case '$setOnInsert':
    case '$min':
    case '$max':
    case '$pull':
      return;
  }
}

function assertDateWish(operand: Value): void {
  const type = isDoc(operand) && operand.size === 1 ? operand.get('$type') : undefined;
  if (typeof operand === 'boolean' || type === 'date' || type === 'timestamp') return;
  throw new CommandError('BadValue', '$currentDate takes true, {$type: "date"} or {$type: "timestamp"}');
}

const pushModifiers = new Set(['$each', '$slice', '$sort', '$position']);

function assertEach(operator: Operator, operand: Value): void {
  if (!isDoc(operand) || !operand.has('$each')) return;
  if (!Array.isArray(operand.get('$each')))
    throw new CommandError('BadValue', `The argument to $each in ${operator} must be an array`);
  for (const [name, value] of operand) {
    if (!pushModifiers.has(name) || (operator === '$addToSet' && name !== '$each')) {
      throw new CommandError('BadValue', `Unrecognized clause in ${operator}: ${name}`);
    }
    if (name === '$sort') assertPushSort(value);
    else if (name !== '$each' && !(isNumber(value) && Number.isInteger(toNumber(value)))) {
      throw new CommandError('BadValue', `The value for ${name} must be an integer`);
    }
  }
}

function assertPushSort(value: Value): void {
  const directions = isDoc(value) ? [...value.values()] : [value];
  if (directions.length > 0 && directions.every((one) => isNumber(one) && Math.abs(toNumber(one)) === 1)) return;
  throw new CommandError('BadValue', 'The $sort of a $push is 1, -1, or a document of these');
}

function assertNoConflicts(changes: Change[]): void {
  const paths = changes.map(({ parts }) => parts.join('.')).toSorted();
  paths.forEach((path, at) => {
    const other = paths.find((one, i) => i !== at && (one === path || one.startsWith(`${path}.`)));
    if (other !== undefined) {
      throw new CommandError(
        'ConflictingUpdateOperators',
        `Updating the path '${other}' would create a conflict at '${path}'`,
      );
    }
  });
}

function comparePaths(a: string[], b: string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    if (a[i] === b[i]) continue;
    const [x, y] = [Number(a[i]), Number(b[i])];
    if (Number.isInteger(x) && Number.isInteger(y) && x !== y) return x - y;
    return a[i]! < b[i]! ? -1 : 1;
  }
  return a.length - b.length;
}
