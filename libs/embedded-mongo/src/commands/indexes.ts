import { equal } from '../bson/compare.js';
import { describe } from '../bson/describe.js';
import { isDoc, type Value } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { assertCollectionName, type Collection } from '../storage/collection.js';
import type { Index } from '../storage/index.js';
import { IndexBuild } from '../storage/index-build.js';
import { type IndexSpec, isSameIndex, parseIndexSpec } from '../storage/index-spec.js';
import { oneStep, type Steps } from '../turns.js';
import {
  booleanField,
  collectionName,
  type Command,
  findCollection,
  listField,
  namespaceOf,
  type Request,
} from './command.js';
import { listReply } from './list.js';

const noCollection = (request: Request): CommandError =>
  new CommandError('NamespaceNotFound', `ns does not exist: ${namespaceOf(request)}`);

export const createIndexes: Command = {
  name: 'createIndexes',
  fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'],
  *steps(request) {
    const { store } = request.server;
    const options = { ignoreUnknown: booleanField(request.command, 'ignoreUnknownIndexOptions', false) };
    const specs = listField(request.command, 'indexes').map((doc) => parseIndexSpec(doc, options));
    if (specs.length === 0) throw new CommandError('BadValue', 'Must specify at least one index to create');
    const name = collectionName(request);
    assertCollectionName(name);
    const createdCollectionAutomatically = store.find(request.database, name) === undefined;
    while (isBeingBuilt(store.find(request.database, name), specs)) {
      request.deadline.check();
      yield;
    }
    const { collection, missing, numIndexesBefore } = store.atomically(() => {
      const present = store.ensure(request.database, name);
      return { collection: present, missing: missingFrom(present, specs), numIndexesBefore: present.indexes.length };
    });
    if (missing.length > 0) yield* build(collection, missing, request);
    const numIndexesAfter = collection.indexes.length;
    const note = numIndexesAfter === numIndexesBefore ? { note: 'all indexes already exist' } : {};
    return { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically, ...note };
  },
};

/** Somebody else asked for them first: how that ends decides what is left to do. */
const isBeingBuilt = (collection: Collection | undefined, specs: IndexSpec[]): boolean =>
  [...(collection?.builds ?? [])]
    .flatMap(({ indexes }) => indexes)
    .some(({ spec }) => specs.some(({ name, key }) => name === spec.name || equal(key, spec.key)));

function missingFrom({ indexes }: Collection, specs: IndexSpec[]): IndexSpec[] {
  const all = indexes.map(({ spec }) => spec);
  for (const spec of specs) if (!all.some((present) => isSameIndex(present, spec))) all.push(spec);
  return all.slice(indexes.length);
}

/** Whatever ends it before its time, nothing of the new indexes remains. */
function* build(collection: Collection, specs: IndexSpec[], { server: { store }, deadline }: Request): Steps<void> {
  const started = store.atomically(() => {
    store.dropUnfinished();
    return new IndexBuild(store, collection, specs);
  });
  try {
    while (!store.atomically(() => oneStep(() => started.step()))) {
      yield;
      deadline.check();
    }
    store.atomically(() => started.finish());
  } catch (error) {
    started.end();
    if (error instanceof CommandError) store.atomically(() => store.dropUnfinished());
    throw error;
  } finally {
    started.end();
  }
}

export const dropIndexes: Command = {
  name: 'dropIndexes',
  aliases: ['deleteIndexes'],
  fields: ['index'],
  writes: true,
  run(request) {
    const collection = findCollection(request);
    if (collection === undefined) throw noCollection(request);
    const nIndexesWas = collection.indexes.length;
    for (const index of indexesToDrop(collection, request.command.get('index'))) collection.dropIndex(index);
    return { nIndexesWas };
  },
};

function indexesToDrop(collection: Collection, wanted: Value | undefined): Index[] {
  if (wanted === '*') {
    for (const unfinished of collection.builds) unfinished.end();
    return collection.indexes.filter(({ spec }) => spec.name !== '_id_');
  }
  const names = Array.isArray(wanted) ? wanted : [wanted];
  return names.flatMap((name) => {
    const isMeant = ({ spec }: Index): boolean => (isDoc(name) ? equal(spec.key, name) : spec.name === name);
    const unfinished = [...collection.builds].find(({ indexes }) => indexes.some(isMeant));
    if (unfinished !== undefined) {
      unfinished.end();
      return [];
    }
    const found = collection.indexes.find(isMeant);
    if (found === undefined)
      throw new CommandError('IndexNotFound', `index not found with name or key [${describe(name)}]`);
    if (found.spec.name === '_id_') throw new CommandError('InvalidOptions', 'cannot drop _id index');
    return found;
  });
}

export const listIndexes: Command = {
  name: 'listIndexes',
  fields: ['cursor'],
  refused: ['includeIndexBuildInfo', 'includeBuildUUIDs'],
  run(request) {
    const collection = findCollection(request);
    if (collection === undefined) throw noCollection(request);
    return listReply(
      request,
      namespaceOf(request),
      collection.indexes.map(({ spec }) => spec.doc),
    );
  },
};
