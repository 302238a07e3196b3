import { type Doc, isDoc, isNumber, toNumber, type Value } from '../bson/value.js';
import { CommandError, notSupported } from '../errors.js';
import { compileFilter } from '../query/match.js';
import { type Filter, parseFilter } from '../query/parse.js';
import { parseProjection } from '../query/project.js';
import { parseSort, sortKey } from '../query/sort.js';
import { compileGroup } from './group.js';
import { compileLookup, type Prepare } from './lookup.js';

/** One stage of a pipeline: documents in, documents out. */
export type Stage = (docs: Iterable<Doc>) => Iterable<Doc>;

export function matchFilter(value: Value): Filter {
  if (isDoc(value)) return parseFilter(value);
  throw new CommandError('BadValue', 'the match filter must be an expression in an object');
}

export function whole(name: string, value: Value): number {
  if (isNumber(value) && Number.isInteger(toNumber(value)) && toNumber(value) >= 0) return toNumber(value);
  throw new CommandError('BadValue', `the argument of ${name} has to be a whole number that is not negative`);
}

export function positive(name: string, value: Value): number {
  if (whole(name, value) > 0) return whole(name, value);
  throw new CommandError('BadValue', `the argument of ${name} must be positive`);
}

/** The name and the operand of a stage. */
export function stageOf(stage: Doc): [string, Value] {
  if (stage.size !== 1) {
    throw new CommandError('Location40324', 'A pipeline stage specification object must contain exactly one field.');
  }
  return [...stage][0]!;
}

/** Stages of MongoDB that this server does not have. */
const known = new Set(
  (
    '$addFields $bucket $bucketAuto $changeStream $collStats $currentOp $densify $documents $facet $fill $geoNear $graphLookup ' +
    '$indexStats $listLocalSessions $listSessions $merge $out $planCacheStats $redact $replaceRoot $replaceWith $sample ' +
    '$search $set $setWindowFields $sortByCount $unionWith $unset'
  ).split(' '),
);

/** Prepares one stage. Throws by name for what is not done here. */
export function compileStage(stage: Doc, prepare: Prepare): Stage {
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
    case '$lookup':
      return compileLookup(value, prepare);
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
