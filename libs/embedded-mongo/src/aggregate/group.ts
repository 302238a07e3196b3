import { Double } from 'bson';
import { compare } from '../bson/compare.js';
import { type BsonNumber, type Doc, isDoc, isNumber, toNumber, type Value } from '../bson/value.js';
import { CommandError, notSupported } from '../errors.js';
import { encodeKey } from '../keys/encode.js';
import { add } from '../update/arithmetic.js';
import { compileExpression, type Expression } from './expression.js';

/** Takes the values of a group one by one, and gives its result. */
interface Accumulator {
  add(value: Value | undefined): void;
  result(): Value;
}

const accumulators: Record<string, () => Accumulator> = {
  $sum: sum,
  $count: sum,
  $avg: average,
  $min: () => extreme((order) => order < 0),
  $max: () => extreme((order) => order > 0),
  $first: () => one((kept, value) => (kept === undefined ? value : kept)),
  $last: () => one((_, value) => value),
  $push: () => list(() => true),
  $addToSet: () => list(unseen()),
};

/** One of the values; what is missing counts as null. */
function one(choose: (kept: Value | undefined, value: Value) => Value): Accumulator {
  let kept: Value | undefined;
  const keep = (value: Value | undefined) => {
    kept = choose(kept, value ?? null);
  };
  return { add: keep, result: () => kept ?? null };
}

function list(wanted: (value: Value) => boolean): Accumulator {
  const kept: Value[] = [];
  const keep = (value: Value | undefined) => {
    if (value !== undefined && wanted(value)) kept.push(value);
  };
  return { add: keep, result: () => kept };
}

/** Whether a value comes for the first time: by its key, however many there were. */
function unseen(): (value: Value) => boolean {
  const seen = new Set<string>();
  return (value) => seen.size < seen.add(keyOf(value)).size;
}

const keyOf = (value: Value): string => encodeKey([value], [1]).toString('latin1');

/** Of numbers only; what is no number counts nothing. */
function sum(): Accumulator {
  let total: BsonNumber = 0;
  const addNumber = (value: Value | undefined) => {
    if (isNumber(value)) total = add(total, value);
  };
  return { add: addNumber, result: () => total };
}

function average(): Accumulator {
  let total = 0;
  let numbers = 0;
  return {
    add(value) {
      if (!isNumber(value)) return;
      total += toNumber(value);
      numbers += 1;
    },
    result: () => (numbers === 0 ? null : new Double(total / numbers)),
  };
}

function extreme(better: (order: number) => boolean): Accumulator {
  let best: Value | undefined;
  return {
    add(value) {
      if (value === undefined || value === null) return;
      if (best === undefined || better(compare(value, best))) best = value;
    },
    result: () => best ?? null,
  };
}

interface Field {
  name: string;
  start: () => Accumulator;
  expression: Expression;
}

/** `$group`: documents in, one document per distinct `_id` out, in the order in which the groups were met. */
export function compileGroup(spec: Value): (docs: Iterable<Doc>) => Iterable<Doc> {
  if (!isDoc(spec) || !spec.has('_id')) throw new CommandError('BadValue', 'a group specification must include an _id');
  const id = compileExpression(spec.get('_id')!);
  const fields = [...spec].filter(([name]) => name !== '_id').map(([name, value]) => parseField(name, value));
  return function* group(docs) {
    const groups = new Map<string, { id: Value; values: Accumulator[] }>();
    for (const doc of docs) {
      const value = id(doc) ?? null;
      const key = keyOf(value);
      let found = groups.get(key);
      if (found === undefined) groups.set(key, (found = { id: value, values: fields.map(({ start }) => start()) }));
      found.values.forEach((accumulator, i) => accumulator.add(fields[i]!.expression(doc)));
    }
    for (const found of groups.values()) {
      const results = found.values.map((accumulator, i) => [fields[i]!.name, accumulator.result()] as const);
      yield new Map<string, Value>([['_id', found.id], ...results]);
    }
  };
}

function parseField(name: string, value: Value): Field {
  const [operator, operand] = isDoc(value) && value.size === 1 ? [...value][0]! : ['', null];
  const start = Object.hasOwn(accumulators, operator) ? accumulators[operator] : undefined;
  if (start === undefined) throw notSupported(`the accumulator ${operator || `of ${name}`}`);
  return { name, start, expression: operator === '$count' ? () => 1 : compileExpression(operand) };
}
