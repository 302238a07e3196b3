import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import { type Doc, isDoc, isNumber, type Value } from '../bson/value.js';
import type { DocumentSource } from '../cursors.js';
import { countMatches } from '../query/count.js';
import type { Filter } from '../query/parse.js';
import { type Deadline, Results, type Selection } from '../query/select.js';
import { parseSort } from '../query/sort.js';
import type { Collection } from '../storage/collection.js';
import { compileStage, matchFilter, positive, stageOf, whole } from './stages.js';

const CHUNK = 128;

/** Collections of a database, by name. */
type Open = (name: string) => Collection | undefined;

/** Prepares a pipeline: what its first stages select comes by index, the others run over the documents. */
export function runPipeline(
  collection: Collection | undefined,
  stages: Doc[],
  hint: Value | undefined,
  open: Open,
): DocumentSource {
  let deadline: Deadline;
  const prepare = (inner: Doc[], from: Collection | undefined, withHint?: Value) => {
    const { selection, rest } = leadingSelection(inner, withHint);
    const compiled = rest.map((stage) => compileStage(stage, (name, part) => prepare(part, open(name)).over));
    const over = (filter: Filter): Iterable<Doc> => {
      const results = from && new Results(from, { ...selection, filter: both(filter, selection.filter) });
      return compiled.reduce(
        (input, stage) => stage(input),
        read(results, () => deadline),
      );
    };
    return { selection, rest, over };
  };
  const { selection, rest, over } = prepare(stages, collection, hint);
  const countOnly = countedName(rest, selection);
  if (countOnly !== undefined) return counting(collection, selection, countOnly);
  const docs = over(everything);
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

const everything: Filter = { kind: 'and', parts: [] };
const both = (one: Filter, other: Filter): Filter => ({ kind: 'and', parts: [one, other] });

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
