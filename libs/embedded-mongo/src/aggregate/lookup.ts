import { type Doc, isDoc, type Value } from '../bson/value.js';
import { CommandError, notSupported } from '../errors.js';
import { fieldFilter, type Filter } from '../query/parse.js';
import { compileExpression } from './expression.js';

/** Prepares a pipeline over a collection of the same database: what it gives of the documents that satisfy a filter. */
export type Prepare = (collection: string, stages: Doc[]) => (filter: Filter) => Iterable<Doc>;

/**
 * `$lookup` by equality, with a pipeline over what is found. Each document asks the other collection as a query with that
 * equality would: by index, sorted and limited. Variables (`let`) are refused.
 */
export function compileLookup(spec: Value, prepare: Prepare): (docs: Iterable<Doc>) => Iterable<Doc> {
  const { from, localField, foreignField, as, pipeline } = parse(spec);
  const local = compileExpression(`$${localField}`);
  const foreign = prepare(from, pipeline);
  return function* lookup(docs) {
    for (const doc of docs) {
      const value = local(doc) ?? null;
      if (Array.isArray(value)) throw notSupported('$lookup by an array');
      yield new Map([...doc, [as, [...foreign(fieldFilter(foreignField, { op: 'eq', value }))]]]);
    }
  };
}

const needed = ['from', 'localField', 'foreignField', 'as'] as const;

function parse(spec: Value): Record<(typeof needed)[number], string> & { pipeline: Doc[] } {
  if (!isDoc(spec)) throw new CommandError('FailedToParse', 'the $lookup specification must be an Object');
  for (const name of spec.keys())
    if (name !== 'pipeline' && !(needed as readonly string[]).includes(name)) throw notSupported(`$lookup.${name}`);
  const pipeline = spec.get('pipeline') ?? [];
  if (!Array.isArray(pipeline) || !pipeline.every(isDoc))
    throw new CommandError('TypeMismatch', 'the pipeline of $lookup must be an array of objects');
  const [from, localField, foreignField, as] = needed.map((name) => nameIn(spec, name));
  if (as!.includes('.')) throw notSupported('$lookup into anything but a top-level field');
  return { from: from!, localField: localField!, foreignField: foreignField!, as: as!, pipeline };
}

function nameIn(spec: Doc, field: string): string {
  const value = spec.get(field);
  if (value === undefined) throw notSupported(`$lookup without ${field}`);
  if (typeof value === 'string' && value !== '' && !value.startsWith('$')) return value;
  throw new CommandError('FailedToParse', `$lookup argument '${field}' must be the name of a field or a collection`);
}
