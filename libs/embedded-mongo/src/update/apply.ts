import { ObjectId, Timestamp } from 'bson';
import { compare, equal } from '../bson/compare.js';
import { type BsonNumber, type Doc, isDoc, isNumber, typeName, type Value } from '../bson/value.js';
import { CommandError } from '../errors.js';
import type { Filter } from '../query/parse.js';
import { add, multiply } from './arithmetic.js';
import { addToSet, pull, pullAll, push } from './arrays.js';
import type { Change, Update } from './parse.js';
import { getAt, setAt, unsetAt } from './place.js';
import { type ArrayFilters, concretePaths } from './positions.js';

export interface Circumstances {
  /** The query that found the document: the positional `$` refers to it. */
  filter: Filter | undefined;
  arrayFilters: ArrayFilters;
  inserting: boolean;
  now: Date;
}

/** The document after the update. `doc` is changed in place; hand in a copy of one's own. */
export function applyUpdate(doc: Doc, update: Update, circumstances: Circumstances): Doc {
  const id = doc.get('_id');
  const result = update.kind === 'replace' ? replaced(doc, update.doc) : modified(doc, update.changes, circumstances);
  if (id !== undefined && !isSameId(result.get('_id'), id)) {
    throw new CommandError(
      'ImmutableField',
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    );
  }
  return result;
}

const isSameId = (a: Value | undefined, b: Value): boolean => a !== undefined && equal(a, b);

function replaced(doc: Doc, replacement: Doc): Doc {
  const id = doc.get('_id');
  if (id === undefined) return new Map(replacement);
  return new Map<string, Value>([
    ['_id', replacement.get('_id') ?? id],
    ...[...replacement].filter(([name]) => name !== '_id'),
  ]);
}

function modified(doc: Doc, changes: Change[], circumstances: Circumstances): Doc {
  const { filter, arrayFilters, inserting, now } = circumstances;
  const places = changes
    .filter(({ operator }) => inserting || operator !== '$setOnInsert')
    .map((change) => ({ change, paths: concretePaths(doc, change.parts, filter, arrayFilters) }));
  for (const { change, paths } of places) for (const path of paths) applyChange(doc, path, change, now);
  return doc;
}

function applyChange(doc: Doc, path: string[], { operator, operand }: Change, now: Date): void {
  const present = getAt(doc, path);
  switch (operator) {
    case '$set':
    case '$setOnInsert':
      return setAt(doc, path, operand);
    case '$unset':
      return unsetAt(doc, path);
    case '$inc':
    case '$mul':
      return setAt(doc, path, calculated(operator, present, operand as BsonNumber, path));
    case '$min':
    case '$max': {
      const order = present === undefined ? 0 : compare(operand, present);
      if (present === undefined || (operator === '$min' ? order < 0 : order > 0)) setAt(doc, path, operand);
      return;
    }
    case '$currentDate':
      return setAt(doc, path, isTimestampWish(operand) ? nextTimestamp(now) : now);
    case '$rename':
      return rename(doc, path, operand);
    case '$push':
      return setAt(doc, path, push(arrayAt(path, present, operator) ?? [], operand));
    case '$addToSet':
      return setAt(doc, path, addToSet(arrayAt(path, present, operator) ?? [], operand));
    case '$pop':
    case '$pull':
    case '$pullAll': {
      const array = arrayAt(path, present, operator);
      if (array !== undefined) setAt(doc, path, shortened(operator, array, operand));
    }
  }
}

function calculated(operator: '$inc' | '$mul', present: Value | undefined, operand: BsonNumber, path: string[]): Value {
  if (present === undefined) return operator === '$inc' ? operand : multiply(operand, 0);
  if (isNumber(present)) return operator === '$inc' ? add(present, operand) : multiply(present, operand);
  throw new CommandError(
    'TypeMismatch',
    `Cannot apply ${operator} to a value of non-numeric type: '${path.join('.')}' is of type ${typeName(present)}`,
  );
}

function arrayAt(path: string[], present: Value | undefined, operator: string): Value[] | undefined {
  if (present === undefined || Array.isArray(present)) return present;
  const message = `Cannot apply ${operator} to a non-array value: '${path.join('.')}' is of type ${typeName(present)}`;
  throw new CommandError(operator === '$pop' ? 'TypeMismatch' : 'BadValue', message);
}

function shortened(operator: '$pop' | '$pull' | '$pullAll', array: Value[], operand: Value): Value[] {
  if (operator === '$pull') return pull(array, operand);
  if (operator === '$pullAll') return pullAll(array, operand as Value[]);
  return compare(operand, 0) > 0 ? array.slice(0, -1) : array.slice(1);
}

/** The other end of a rename is in the list of changes too, with the operand null: nothing is left to do there. */
function rename(doc: Doc, path: string[], target: Value): void {
  const value = getAt(doc, path);
  if (target === null || value === undefined) return;
  const to = (target as string).split('.');
  for (const parts of [path, to]) {
    if (parts.some((_, i) => i > 0 && Array.isArray(getAt(doc, parts.slice(0, i))))) {
      throw new CommandError('BadValue', `The path '${parts.join('.')}' of $rename goes through an array`);
    }
  }
  unsetAt(doc, path);
  unsetAt(doc, to);
  setAt(doc, to, value);
}

const isTimestampWish = (operand: Value): boolean => isDoc(operand) && operand.get('$type') === 'timestamp';

let ticks = 0;
function nextTimestamp(now: Date): Timestamp {
  ticks += 1;
  return new Timestamp({ t: Math.floor(now.getTime() / 1000), i: ticks });
}

/** The document an upsert inserts: what the filter demands by equality, then the update, then an `_id`, which stands first. */
export function upserted(update: Update, circumstances: Circumstances): Doc {
  const base: Doc = new Map();
  if (circumstances.filter !== undefined) equalities(circumstances.filter, base, update.kind === 'replace');
  const doc = applyUpdate(base, update, { ...circumstances, inserting: true });
  return withIdFirst(doc);
}

export function withIdFirst(doc: Doc): Doc {
  const id = doc.get('_id') ?? new ObjectId();
  return new Map<string, Value>([['_id', id], ...[...doc].filter(([name]) => name !== '_id')]);
}

function equalities(filter: Filter, base: Doc, onlyId: boolean): void {
  if (filter.kind === 'and' || (filter.kind === 'or' && filter.parts.length === 1)) {
    filter.parts.forEach((part) => equalities(part, base, onlyId));
  } else if (filter.kind === 'field' && (!onlyId || filter.path === '_id')) {
    const { path, parts, test } = filter;
    for (const one of test.op === 'all' ? test.tests : [test]) {
      if (one.op !== 'eq') continue;
      if (getAt(base, parts) !== undefined) {
        const message = `cannot infer query fields to set, path '${path}' is matched twice`;
        throw new CommandError('NotSingleValueField', message);
      }
      setAt(base, parts, one.value);
    }
  }
}
