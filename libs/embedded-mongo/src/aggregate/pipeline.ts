import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import { type Doc, isDoc, isNumber, toNumber, type Value } from '../bson/value.js';
import type { DocumentSource } from '../cursors.js';
import { CommandError, notSupported } from '../errors.js';
import { countMatches } from '../query/count.js';
import { compileFilter } from '../query/match.js';
import { type Filter, parseFilter } from '../query/parse.js';
import { parseProjection } from '../query/project.js';
import { type Deadline, Results, type Selection } from '../query/select.js';
import { parseSort, sortKey } from '../query/sort.js';
import type { Collection } from '../storage/collection.js';
import { compileGroup } from './group.js';

type Stage = (docs: Iterable<Doc>) => Iterable<Doc>;

const CHUNK = 128;

/** Prepares a pipeline: what its first stages select comes by index, the others run over the documents. */
export function runPipeline(
  collection: Collection | undefined,
  stages: Doc[],
  hint: Value | undefined,
): DocumentSource {
  const { selection, rest } = leadingSelection(stages, hint);
  const countOnly = countedName(rest, selection);
  const compiled = rest.map(compileStage);
  if (countOnly !== undefined) return counting(collection, selection, countOnly);
  let deadline: Deadline;
  const results = collection && new Results(collection, selection);
  const docs = compiled.reduce<Iterable<Doc>>(
    (input, stage) => stage(input),
    read(results, () => deadline),
  );
  const iterator = docs[Symbol.iterator]();
  let finished = false;
  return {
    next(wanted, until) {
      deadline = until;
      const found: Uint8Array[] = [];
      while (found.length < wanted && !finished) {
        const { value, done } = iterator.next() as IteratorResult<Doc, undefined>;
        if (done === true) finished = true;
        else found.push(encode(value));
      }
      return found;
    },
    get finished() {
      return finished;
    },
  };
}

function* read(results: Results | undefined, deadline: () => Deadline): Iterable<Doc> {
  if (results === undefined) return;
  for (let found = results.next(CHUNK, deadline()); found.length > 0; found = results.next(CHUNK, deadline())) {
    for (const { doc, bytes } of found) yield doc ?? decode(bytes);
  }
}

/** The stages at the beginning that a find could express: `$match`..., `$sort`, `$skip`, `$limit`, in this order. */
export function leadingSelection(stages: Doc[], hint: Value | undefined): { selection: Selection; rest: Doc[] } {
  const rest = [...stages];
  const take = (name: string): Value | undefined => (rest[0]?.has(name) ? stageOf(rest.shift()!)[1] : undefined);
  const filters: Filter[] = [];
  for (let match = take('$match'); match !== undefined; match = take('$match')) filters.push(matchFilter(match));
  const sort = take('$sort');
  const skip = take('$skip');
  const limit = take('$limit');
  const selection = {
    filter: { kind: 'and' as const, parts: filters },
    sort: parseSort(sort),
    skip: skip === undefined ? 0 : whole('$skip', skip),
    limit: limit === undefined ? 0 : positive('$limit', limit),
    hint,
  };
  return { selection, rest };
}

function matchFilter(value: Value): Filter {
  if (isDoc(value)) return parseFilter(value);
  throw new CommandError('BadValue', 'the match filter must be an expression in an object');
}

function whole(name: string, value: Value): number {
  if (isNumber(value) && Number.isInteger(toNumber(value)) && toNumber(value) >= 0) return toNumber(value);
  throw new CommandError('BadValue', `the argument of ${name} has to be a whole number that is not negative`);
}

function positive(name: string, value: Value): number {
  if (whole(name, value) > 0) return whole(name, value);
  throw new CommandError('BadValue', `the argument of ${name} must be positive`);
}

/** countDocuments() arrives as `$group: { _id: 1, n: { $sum: 1 } }`: which field wants the count, and under which `_id`. */
function countedName(rest: Doc[], { sort }: Selection): { id: Value | undefined; name: string } | undefined {
  if (rest.length !== 1 || sort.length > 0) return undefined;
  const [stage, spec] = stageOf(rest[0]!);
  if (stage === '$count' && typeof spec === 'string') return { id: undefined, name: spec };
  if (stage !== '$group' || !isDoc(spec) || spec.size !== 2) return undefined;
  const id = spec.get('_id');
  const [name, value] = [...spec].find(([field]) => field !== '_id') ?? ['', null];
  const constant = id === null || isNumber(id);
  return constant && isDoc(value) && value.size === 1 && value.get('$sum') === 1 ? { id, name } : undefined;
}

/** Nothing counted gives no document, as grouping nothing gives no group. */
function counting(
  collection: Collection | undefined,
  selection: Selection,
  { id, name }: { id: Value | undefined; name: string },
): DocumentSource {
  let finished = false;
  return {
    next(_, deadline) {
      if (finished) return [];
      finished = true;
      const n = collection === undefined ? 0 : countMatches(collection, selection, deadline);
      return n === 0 ? [] : [encode({ ...(id === undefined ? {} : { _id: id }), [name]: n })];
    },
    get finished() {
      return finished;
    },
  };
}

function stageOf(stage: Doc): [string, Value] {
  if (stage.size !== 1) {
    throw new CommandError('Location40324', 'A pipeline stage specification object must contain exactly one field.');
  }
  return [...stage][0]!;
}

/** Stages of MongoDB that this server does not have. */
const known = new Set(
  (
    '$addFields $bucket $bucketAuto $changeStream $collStats $currentOp $densify $documents $facet $fill $geoNear $graphLookup ' +
    '$indexStats $listLocalSessions $listSessions $lookup $merge $out $planCacheStats $redact $replaceRoot $replaceWith $sample ' +
    '$search $set $setWindowFields $sortByCount $unionWith $unset'
  ).split(' '),
);

function compileStage(stage: Doc): Stage {
  const [name, value] = stageOf(stage);
  switch (name) {
    case '$match': {
      const matches = compileFilter(matchFilter(value));
      return (docs) => filtered(docs, matches);
    }
    case '$sort':
      return sorted(value);
    case '$skip':
      return (docs) => sliced(docs, whole(name, value), Infinity);
    case '$limit':
      return (docs) => sliced(docs, 0, positive(name, value));
    case '$project': {
      const project = parseProjection(value);
      if (project === undefined) throw new CommandError('BadValue', '$project needs at least one field');
      return (docs) => mapped(docs, project);
    }
    case '$group':
      return compileGroup(value);
    case '$count':
      return counted(value);
    case '$unwind':
      return unwinding(value);
    default:
      if (known.has(name)) throw notSupported(name);
      throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${name}'`);
  }
}

function* filtered(docs: Iterable<Doc>, matches: (doc: Doc) => boolean): Iterable<Doc> {
  for (const doc of docs) if (matches(doc)) yield doc;
}

function* mapped(docs: Iterable<Doc>, change: (doc: Doc) => Doc): Iterable<Doc> {
  for (const doc of docs) yield change(doc);
}

function* sliced(docs: Iterable<Doc>, skip: number, limit: number): Iterable<Doc> {
  let at = 0;
  for (const doc of docs) {
    if (at >= skip) yield doc;
    at += 1;
    if (at - skip >= limit) return;
  }
}

function sorted(value: Value): Stage {
  const fields = parseSort(value);
  return function* sort(docs) {
    const keyed = [...docs].map((doc) => ({ doc, key: sortKey(doc, fields) }));
    for (const { doc } of keyed.toSorted((a, b) => Buffer.compare(a.key, b.key))) yield doc;
  };
}

function counted(value: Value): Stage {
  if (typeof value !== 'string' || value === '' || value.startsWith('$') || value.includes('.')) {
    throw new CommandError('BadValue', '$count needs the name of a field');
  }
  return function* count(docs) {
    let n = 0;
    for (const _ of docs) n += 1;
    if (n > 0) yield new Map([[value, n]]);
  };
}

function unwinding(value: Value): Stage {
  const path = isDoc(value) ? value.get('path') : value;
  const keepEmpty = isDoc(value) && value.get('preserveNullAndEmptyArrays') === true;
  if (isDoc(value) && value.has('includeArrayIndex')) throw notSupported('$unwind.includeArrayIndex');
  if (typeof path !== 'string' || !/^\$[^$.]+$/.test(path))
    throw notSupported('$unwind of anything but a top-level field');
  const name = path.slice(1);
  return function* unwind(docs) {
    for (const doc of docs) {
      const field = doc.get(name);
      if (Array.isArray(field) && field.length > 0) {
        for (const element of field) yield new Map([...doc, [name, element]]);
      } else if (field !== undefined && field !== null && !Array.isArray(field)) yield doc;
      else if (keepEmpty) yield Array.isArray(field) ? new Map([...doc].filter(([other]) => other !== name)) : doc;
    }
  };
}
