import { equal } from '../bson/compare.js';
import { type Doc, isDoc, isNumber, toNumber, type Value } from '../bson/value.js';
import { CommandError } from '../errors.js';
import type { Collection } from '../storage/collection.js';
import type { Index } from '../storage/index.js';
import { alternativesOf, united } from './alternatives.js';
import { implies } from './implies.js';
import { everything, intersect, type Interval, intervalsOf, type KeyRange, toPrefixes, toRanges } from './interval.js';
import type { Filter, Test } from './parse.js';
import type { SortField } from './sort.js';

/** How the documents of a query are found. */
export interface Plan {
  /** Undefined: the whole collection is read, in the order of insertion. */
  index: Index | undefined;
  ranges: KeyRange[];
  backwards: boolean;
  /** What the ranges hold is the answer: no document has to be looked at. */
  exact: boolean;
  /** The documents come in the order asked for. */
  sorted: boolean;
  /** Each range is one key of a unique index. */
  lookup: boolean;
}

/** More ranges than this are not made; the fields behind are then checked on the documents. */
const MAX_RANGES = 10_000;

type Tests = Map<string, Test[]>;

/** Chooses by rule, not by statistics: equality on more leading fields first, then a range, then the order asked for. */
export function choosePlan(collection: Collection, filter: Filter, sort: SortField[], hint: Value | undefined): Plan {
  const tests: Tests = new Map();
  const complete = collectTests(filter, tests);
  if (isNatural(hint)) return scanAll(sort, toNumber(hint.get('$natural') as number) < 0, tests.size === 0 && complete);
  const candidates = hint === undefined ? collection.indexes : [hintedIndex(collection, hint)];
  const alternatives = alternativesOf(filter);
  let best: Scored | undefined;
  for (const index of candidates) {
    const found = planFor(index, filter, tests, complete, sort);
    if (found !== undefined && (best === undefined || found.score > best.score)) best = found;
    const union = alternatives && planOfAll(index, alternatives, sort);
    if (union !== undefined && (best === undefined || union.score > best.score)) best = union;
  }
  if (best !== undefined && (best.score > 0 || hint !== undefined)) return best.plan;
  if (hint !== undefined) throw badHint();
  return scanAll(sort, false, tests.size === 0 && complete);
}

const scanAll = (sort: SortField[], backwards: boolean, exact: boolean): Plan => ({
  index: undefined,
  ranges: [],
  backwards,
  exact,
  sorted: sort.length === 0,
  lookup: false,
});

const badHint = (): CommandError =>
  new CommandError('BadValue', 'error processing query: planner returned error :: caused by :: bad hint');

const isNatural = (hint: Value | undefined): hint is Doc => isDoc(hint) && isNumber(hint.get('$natural'));

function hintedIndex(collection: Collection, hint: Value): Index {
  const index = collection.indexes.find(({ spec }) => spec.name === hint || (isDoc(hint) && equal(spec.key, hint)));
  if (index === undefined) throw badHint();
  return index;
}

/** Gathers the tests that must all hold, by field. False if the filter says more than these. */
function collectTests(filter: Filter, tests: Tests): boolean {
  if (filter.kind === 'field') {
    const present = tests.get(filter.path);
    if (present === undefined) tests.set(filter.path, [filter.test]);
    else present.push(filter.test);
    return true;
  }
  if (filter.kind !== 'and') return false;
  let complete = true;
  for (const part of filter.parts) complete = collectTests(part, tests) && complete;
  return complete;
}

interface Bound {
  intervals: Interval[];
  exact: boolean;
}

interface Scored {
  plan: Plan;
  score: number;
}

/** Of an index that bounds each of the alternatives: what it holds of any of them. */
function planOfAll(index: Index, alternatives: readonly Filter[], sort: SortField[]): Scored | undefined {
  const found = alternatives.map((filter) => {
    const tests: Tests = new Map();
    const complete = collectTests(filter, tests);
    return planFor(index, filter, tests, complete, []);
  });
  const all = found.filter((one) => one !== undefined && one.score > 0) as Scored[];
  const ranges = all.flatMap(({ plan }) => plan.ranges);
  if (all.length === 0 || all.length < found.length || ranges.length > MAX_RANGES) return undefined;
  const plan: Plan = {
    index,
    ranges: united(ranges),
    backwards: false,
    exact: all.every(({ plan: { exact } }) => exact),
    sorted: sort.length === 0,
    lookup: all.every(({ plan: { lookup } }) => lookup),
  };
  return { plan, score: Math.min(...all.map(({ score }) => score)) };
}

function planFor(index: Index, filter: Filter, tests: Tests, complete: boolean, sort: SortField[]): Scored | undefined {
  const { spec } = index;
  if (spec.partial !== undefined && !implies(filter, spec.partial)) return undefined;
  const bounds = boundsOf(index, tests);
  if (spec.sparse && !bounds.some((bound, field) => bound && isPresent(tests.get(spec.fields[field]!.path)!))) {
    return undefined;
  }
  const { ranges, used, points } = rangesOf(index, bounds);
  const order = sortDirection(index, bounds, used, sort);
  const covered = new Set(spec.fields.slice(0, used).map(({ path }) => path));
  const exact =
    complete && [...tests.keys()].every((path) => covered.has(path)) && bounds.slice(0, used).every((b) => b!.exact);
  const plan: Plan = {
    index,
    ranges,
    backwards: order === -1,
    exact,
    sorted: order !== undefined,
    lookup: spec.unique && points === spec.fields.length,
  };
  const helpsOrder = order !== undefined && sort.length > 0;
  const singles = bounds.slice(0, points).filter((bound) => bound!.intervals.length <= 1).length;
  // Of two that bound alike the one that holds fewer documents.
  const fewer = used > 0 && spec.partial !== undefined ? 1 : 0;
  return { plan, score: singles * 10 + (points - singles) * 8 + (used - points) * 5 + (helpsOrder ? 4 : 0) + fewer };
}

/** Some test on the field fails for null, so a document that a sparse index left out cannot match. */
const isPresent = (tests: Test[]): boolean =>
  tests.some(
    (test) =>
      test.op === 'regex' ||
      (test.op === 'in' && !test.values.includes(null)) ||
      ('value' in test && test.value !== null),
  );

/** What each field of the index must lie in, undefined where nothing is known. */
function boundsOf(index: Index, tests: Tests): (Bound | undefined)[] {
  let arrayBound = false;
  return index.spec.fields.map(({ path }, field) => {
    const onField = tests.get(path);
    if (onField === undefined) return undefined;
    if (!index.multikey[field]) return boundOfAll(onField);
    // Of several fields inside one array each may be satisfied by another element: only the first one bounds.
    if (arrayBound) return undefined;
    const bound = boundOfOne(onField);
    arrayBound = bound !== undefined;
    return bound;
  });
}

function boundOfAll(tests: Test[]): Bound | undefined {
  let bound: Bound | undefined;
  let all = true;
  for (const test of tests) {
    const found = intervalsOf(test, false);
    if (found === undefined) all = false;
    else {
      bound = {
        intervals: bound === undefined ? found.list : intersect(bound.intervals, found.list),
        exact: found.exact && (bound?.exact ?? true),
      };
    }
  }
  return bound && { ...bound, exact: bound.exact && all };
}

/** On an array each test may be satisfied by another element, so one test alone bounds: the narrowest kind first. */
function boundOfOne(tests: Test[]): Bound | undefined {
  const found = tests.map((test) => intervalsOf(test, true)).filter((intervals) => intervals !== undefined);
  const best = found.find(({ list }) => list.every(({ point }) => point)) ?? found[0];
  return best && { intervals: best.list, exact: best.exact && tests.length === 1 };
}

/** Equalities continue to the next field, the first range ends the list. `used` fields are bounded, `points` by equality. */
function rangesOf(index: Index, bounds: (Bound | undefined)[]) {
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  let used = 0;
  for (const [field, bound] of bounds.entries()) {
    if (bound === undefined || prefixes.length * bound.intervals.length > MAX_RANGES) break;
    const { direction } = index.spec.fields[field]!;
    if (!bound.intervals.every(({ point }) => point)) {
      return { ranges: toRanges(prefixes, bound.intervals, direction), used: field + 1, points: field };
    }
    prefixes = toPrefixes(prefixes, bound.intervals, direction);
    used = field + 1;
  }
  return { ranges: toRanges(prefixes, [used === 0 ? everything() : whole()], 1), used, points: used };
}

/** Everything that begins with the prefix. */
const whole = (): Interval => ({
  low: { bytes: Buffer.alloc(0), past: false },
  high: { bytes: Buffer.alloc(0), past: true },
  point: false,
});

/**
 * In which direction the index gives the order asked for, undefined if in none. A field held to one value does not
 * matter; a field with arrays gives no order, since a document stands at several places.
 */
function sortDirection(
  index: Index,
  bounds: (Bound | undefined)[],
  used: number,
  sort: SortField[],
): 1 | -1 | undefined {
  if (sort.length === 0) return 1;
  const { fields } = index.spec;
  const fixed = (field: number): boolean => field < used && isSinglePoint(bounds[field]);
  let direction: 1 | -1 | undefined;
  let field = 0;
  for (const wanted of sort) {
    const constant = fields.findIndex(({ path }, i) => path === wanted.path && fixed(i) && !index.multikey[i]);
    if (constant >= 0) continue;
    while (field < fields.length && fields[field]!.path !== wanted.path && fixed(field)) field += 1;
    const present = fields[field];
    if (present?.path !== wanted.path || index.multikey[field]) return undefined;
    const turn = present.direction === wanted.direction ? 1 : -1;
    if (direction !== undefined && direction !== turn) return undefined;
    direction = turn;
    field += 1;
  }
  return direction ?? 1;
}

const isSinglePoint = (bound: Bound | undefined): boolean =>
  bound !== undefined && bound.intervals.length === 1 && bound.intervals[0]!.point;
