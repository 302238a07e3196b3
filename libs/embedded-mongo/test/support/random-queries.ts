import type { Document } from 'mongodb';
import type { Random } from '../../../testing/src/random.js';

export const scalars = [null, 0, 1, 2, 3, 1.5, -1, '', 'a', 'ab', 'b', true, false, new Date(0), new Date(5)];
export const names = ['a', 'b', 'c'];
const paths = [...names, 'a.x', 'b.x', 'a.y'];

const scalar = (random: Random): unknown => random.pick(scalars);

export function fieldValue(random: Random): unknown {
  if (random.chance(0.2)) return random.list(3, () => scalar(random));
  if (random.chance(0.1)) return { x: scalar(random) };
  if (random.chance(0.1)) return random.list(2, () => ({ x: scalar(random), y: scalar(random) }));
  return scalar(random);
}

export function document(random: Random, _id: number): Document {
  const doc: Document = { _id };
  for (const name of names) if (random.chance(0.85)) doc[name] = fieldValue(random);
  return doc;
}

const operators: ((random: Random) => unknown)[] = [
  scalar,
  (random) => ({ $eq: scalar(random) }),
  (random) => ({ $ne: scalar(random) }),
  (random) => ({ [random.pick(['$gt', '$gte', '$lt', '$lte'])]: scalar(random) }),
  (random) => ({ $gte: random.below(3), $lt: random.below(4) }),
  (random) => ({ $in: random.list(4, () => scalar(random)) }),
  (random) => ({ $nin: random.list(3, () => scalar(random)) }),
  (random) => ({ $exists: random.chance(0.5) }),
  (random) => ({ $elemMatch: { $gte: random.below(3), $lt: random.below(4) } }),
  (random) => ({ $not: { $gt: random.below(4) } }),
  () => /^a/,
];

const furtherOperators: typeof operators = [
  (random) => ({ $size: random.below(3) }),
  (random) => ({ $all: random.list(2, () => scalar(random)) }),
  (random) => ({ $mod: [2, random.below(2)] }),
  (random) => ({ $type: random.pick(['number', 'string', 'array', 'object', 'null', 'bool', 'date']) }),
  (random) => ({ $elemMatch: { x: { $gte: random.below(3) }, y: scalar(random) } }),
  (random) => ({ $not: /b$/, $ne: scalar(random) }),
  (random) => random.list(2, () => scalar(random)),
  (random) => ({ x: scalar(random) }),
];

const logical = ['$and', '$or', '$nor'];

/** `all`: with operators that no index answers. */
export function filter(random: Random, all = false, depth = 0): Document {
  if (depth < 2 && random.chance(0.15)) {
    return { [random.pick(logical)]: [filter(random, all, depth + 1), filter(random, all, depth + 1)] };
  }
  const fields = [random.pick(names), random.pick(paths)];
  const choices = all ? [...operators, ...furtherOperators] : operators;
  return Object.fromEntries(fields.slice(0, 1 + random.below(2)).map((name) => [name, random.pick(choices)(random)]));
}

/** Sorting by a field with arrays has ties; a query that ends its sort with _id has none. */
export const sorts = [
  { _id: 1 },
  { a: 1, _id: 1 },
  { b: -1, _id: 1 },
  { a: 1, b: 1, _id: 1 },
  { c: -1, a: 1, _id: 1 },
] as const;

const projections: ((random: Random) => Document)[] = [
  () => ({}),
  (random) => ({ [random.pick(paths)]: 1 }),
  (random) => ({ [random.pick(paths)]: 0 }),
  (random) => ({ _id: 0, [random.pick(names)]: 1 }),
  (random) => ({ a: { $slice: random.below(4) - 2 } }),
  (random) => ({ a: { $elemMatch: { x: { $gte: random.below(2) } } } }),
];

export const projection = (random: Random): Document => random.pick(projections)(random);

const number = (random: Random): number => random.pick([1, -1, 2, 1.5, 3_000_000_000]);

const changes: ((random: Random) => Document)[] = [
  (random) => ({ $set: { [random.pick(paths)]: fieldValue(random) } }),
  (random) => ({ $unset: { [random.pick(paths)]: '' } }),
  (random) => ({ [random.pick(['$inc', '$mul'])]: { [random.pick(paths)]: number(random) } }),
  (random) => ({ [random.pick(['$min', '$max'])]: { [random.pick(paths)]: scalar(random) } }),
  (random) => ({ $rename: { [random.pick(names)]: random.pick(['d', 'e.f']) } }),
  (random) => ({ $push: { [random.pick(names)]: fieldValue(random) } }),
  (random) => ({ $push: { a: { $each: random.list(3, () => scalar(random)), ...pushOptions(random) } } }),
  (random) => ({ $push: { a: { $each: [{ x: scalar(random), y: 1 }], $sort: { x: random.pick([1, -1]) } } } }),
  (random) => ({ $addToSet: { [random.pick(names)]: scalar(random) } }),
  (random) => ({ $addToSet: { a: { $each: random.list(3, () => scalar(random)) } } }),
  (random) => ({ $pop: { [random.pick(names)]: random.pick([1, -1]) } }),
  (random) => ({ $pull: { [random.pick(names)]: random.pick([scalar(random), { $gte: 1 }, { x: scalar(random) }]) } }),
  (random) => ({ $pullAll: { a: random.list(3, () => scalar(random)) } }),
  (random) => ({ $set: { [random.pick(['a.$[]', 'a.$[].x', 'a.1', 'a.$'])]: scalar(random) } }),
  (random) => ({ $set: { b: scalar(random) }, $setOnInsert: { fresh: true }, $unset: { c: 1 } }),
  (random) => ({ replaced: scalar(random) }),
];

function pushOptions(random: Random): Document {
  return {
    ...(random.chance(0.5) && { $position: random.below(4) - 1 }),
    ...(random.chance(0.5) && { $slice: random.below(5) - 2 }),
    ...(random.chance(0.3) && { $sort: random.pick([1, -1]) }),
  };
}

export const change = (random: Random): Document => random.pick(changes)(random);

const accumulators: ((random: Random) => Document)[] = [
  ...['$sum', '$avg', '$min', '$max', '$push'].map((name) => (random: Random) => ({
    [name]: `$${random.pick(paths)}`,
  })),
  ...['$first', '$last', '$addToSet'].map((name) => (random: Random) => ({ [name]: `$${random.pick(names)}` })),
];

const stages: ((random: Random) => Document[])[] = [
  (random) => [{ $match: filter(random) }],
  (random) => [{ $unwind: `$${random.pick(names)}` }],
  (random) => [{ $unwind: { path: `$${random.pick(names)}`, preserveNullAndEmptyArrays: true } }],
  (random) => [{ $project: { [random.pick(['a.x', 'a.y'])]: 0 } }],
  (random) => [{ $skip: random.below(10) }],
  (random) => [{ $limit: 1 + random.below(30) }],
];

/** Nothing is missing that a group is made of: engines do not agree there. */
const complete = { $match: Object.fromEntries(names.map((name) => [name, { $exists: true }])) };

/** Ends with a group. Sets, which have no order, have names that end with `Set`. */
export function pipeline(random: Random): Document[] {
  const _id = random.pick([null, '$a', '$b', { a: '$a', b: '$b' }]);
  const fields = ['one', 'two'].map((name) => {
    const accumulator = random.pick(accumulators)(random);
    return ['$addToSet' in accumulator ? `${name}Set` : name, accumulator];
  });
  const group = { $group: { _id, ...Object.fromEntries(fields), n: { $sum: 1 } } };
  return [complete, { $sort: random.pick(sorts) }, ...random.list(2, () => random.pick(stages)(random)).flat(), group];
}
