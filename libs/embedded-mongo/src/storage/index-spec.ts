import { describe } from '../bson/describe.js';
import { equal } from '../bson/compare.js';
import { type Doc, isDoc, isNumber, saysNo, toNumber, type Value } from '../bson/value.js';
import { CommandError, notSupported } from '../errors.js';
import type { Direction } from '../keys/encode.js';
import { type Filter, parseFilter } from '../query/parse.js';
import { isArrayIndex, splitPath } from '../query/path.js';

/** An index as it was asked for, parsed. `doc` is what listIndexes shows. */
export interface IndexSpec {
  name: string;
  doc: Doc;
  key: Doc;
  fields: { path: string; parts: string[]; direction: Direction }[];
  unique: boolean;
  sparse: boolean;
  partial: Filter | undefined;
  expireAfterSeconds: number | undefined;
}

const options = new Set([
  'v', 'key', 'name', 'ns', 'unique', 'sparse', 'background', 'partialFilterExpression', 'expireAfterSeconds',
]); // prettier-ignore
const knownOptions = new Set([
  'collation', 'hidden', 'weights', 'default_language', 'language_override', 'textIndexVersion', '2dsphereIndexVersion',
  'bits', 'min', 'max', 'wildcardProjection', 'storageEngine', 'clustered', 'prepareUnique', 'bucketSize', 'coarsestIndexedLevel',
  'finestIndexedLevel',
]); // prettier-ignore

/** `ignoreUnknown`: options that MongoDB does not know either are left out, as old dumps have some. */
export function parseIndexSpec(doc: Doc, { ignoreUnknown = false } = {}): IndexSpec {
  for (const [name, value] of doc) {
    if (knownOptions.has(name) && !saysNo(value)) throw notSupported(`index option ${name}`);
    if (!options.has(name) && !knownOptions.has(name) && !ignoreUnknown)
      throw new CommandError('InvalidOptions', `The field '${name}' is not valid for an index`);
  }
  const key = doc.get('key');
  if (!isDoc(key) || key.size === 0) throw cannot('an index needs at least one field');
  const name = doc.get('name') ?? defaultName(key);
  if (typeof name !== 'string' || name === '') throw cannot('an index name is a string that is not empty');
  const fields = [...key].map(([path, direction]) => parseField(path, direction));
  const isId = fields.length === 1 && fields[0]!.path === '_id';
  return {
    name: isId ? '_id_' : name,
    doc: normalized(doc, isId ? '_id_' : name),
    key,
    fields,
    unique: isId || doc.get('unique') === true,
    sparse: doc.get('sparse') === true,
    partial: parsePartial(doc),
    expireAfterSeconds: parseExpiry(doc, fields.length),
  };
}

const cannot = (message: string): CommandError => new CommandError('CannotCreateIndex', message);

export const defaultName = (key: Doc): string =>
  [...key].flatMap(([path, direction]) => [path, describe(direction)]).join('_');

function parseField(path: string, direction: Value): IndexSpec['fields'][number] {
  if (typeof direction === 'string') throw notSupported(`index type ${direction}`);
  if (!isNumber(direction) || !toNumber(direction)) throw cannot(`bad direction of index field ${path}`);
  const parts = splitPath(path);
  if (parts.includes('')) throw cannot('Index keys cannot contain an empty field');
  if (parts.includes('$**')) throw notSupported('a wildcard index');
  if (parts.some((part) => part.startsWith('$'))) throw cannot(`index field ${path} starts with '$'`);
  if (parts.slice(1).some(isArrayIndex)) throw notSupported('an index on one position of an array');
  return { path, parts, direction: toNumber(direction) > 0 ? 1 : -1 };
}

function parsePartial(doc: Doc): Filter | undefined {
  const partial = doc.get('partialFilterExpression');
  if (partial === undefined) return undefined;
  if (!isDoc(partial)) throw cannot('partialFilterExpression has to be a document');
  const filter = parseFilter(partial);
  assertAllowedInPartial(filter);
  return filter;
}

const partialTests = new Set(['eq', 'gt', 'gte', 'lt', 'lte', 'exists', 'type', 'in']);

function assertAllowedInPartial(filter: Filter): void {
  if (filter.kind === 'field') {
    if (!partialTests.has(filter.test.op)) throw cannot(`Expression not supported in partial index: ${filter.path}`);
  } else if (filter.kind === 'nor') throw cannot('Expression not supported in partial index: $nor');
  else filter.parts.forEach(assertAllowedInPartial);
}

function parseExpiry(doc: Doc, fields: number): number | undefined {
  const seconds = doc.get('expireAfterSeconds');
  if (seconds === undefined) return undefined;
  if (!isNumber(seconds) || !(toNumber(seconds) >= 0 && toNumber(seconds) <= 2_147_483_647)) {
    throw cannot('expireAfterSeconds must be between 0 and 2147483647');
  }
  if (fields > 1) throw cannot('TTL indexes are single-field indexes, compound indexes do not support TTL');
  return toNumber(seconds);
}

function normalized(doc: Doc, name: string): Doc {
  const result: Doc = new Map<string, Value>([
    ['v', 2],
    ['key', doc.get('key')!],
    ['name', name],
  ]);
  for (const flag of ['unique', 'sparse']) if (doc.get(flag) === true && name !== '_id_') result.set(flag, true);
  for (const option of ['partialFilterExpression', 'expireAfterSeconds']) {
    const value = doc.get(option);
    if (value !== undefined) result.set(option, value);
  }
  return result;
}

export const idIndexSpec = (): IndexSpec => parseIndexSpec(new Map<string, Value>([['key', new Map([['_id', 1]])]]));

/** Whether asking for `wanted` where `present` exists is a repetition, a conflict (an error is thrown), or neither. */
export function isSameIndex(present: IndexSpec, wanted: IndexSpec): boolean {
  const sameKey = equal(present.key, wanted.key);
  const sameName = present.name === wanted.name;
  if (!sameKey && !sameName) return false;
  if (sameKey && sameName && sameOptions(present, wanted)) return true;
  // Two indexes on the same fields may exist beside each other if their partial filters differ.
  const samePartial = equal(partialOf(present), partialOf(wanted));
  if (!sameName && (!samePartial || present.sparse !== wanted.sparse || present.unique !== wanted.unique)) return false;
  if (sameName) {
    throw new CommandError(
      'IndexKeySpecsConflict',
      `An existing index has the same name as the requested index (${wanted.name}) with another key or other options`,
    );
  }
  throw new CommandError(
    'IndexOptionsConflict',
    `Index already exists with a different name: ${present.name}, requested: ${wanted.name}`,
  );
}

const partialOf = (spec: IndexSpec): Value => spec.doc.get('partialFilterExpression') ?? null;

const sameOptions = (a: IndexSpec, b: IndexSpec): boolean =>
  a.unique === b.unique &&
  a.sparse === b.sparse &&
  a.expireAfterSeconds === b.expireAfterSeconds &&
  equal(partialOf(a), partialOf(b));
