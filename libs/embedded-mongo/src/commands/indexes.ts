import { equal } from '../bson/compare.js';
import { describe } from '../bson/describe.js';
import { isDoc, type Value } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { assertCollectionName, type Collection } from '../storage/collection.js';
import type { Index } from '../storage/index.js';
import { parseIndexSpec } from '../storage/index-spec.js';
import { collectionName, type Command, findCollection, listField, namespaceOf, type Request } from './command.js';
import { listReply } from './list.js';

const noCollection = (request: Request): CommandError =>
  new CommandError('NamespaceNotFound', `ns does not exist: ${namespaceOf(request)}`);

export const createIndexes: Command = {
  name: 'createIndexes',
  fields: ['indexes', 'commitQuorum'],
  writes: true,
  run(request) {
    const { store } = request.server;
    const specs = listField(request.command, 'indexes').map(parseIndexSpec);
    if (specs.length === 0) throw new CommandError('BadValue', 'Must specify at least one index to create');
    const name = collectionName(request);
    assertCollectionName(name);
    const present = store.find(request.database, name);
    const collection = present ?? store.create(request.database, name);
    const numIndexesBefore = collection.indexes.length;
    for (const spec of specs) collection.createIndex(spec);
    const numIndexesAfter = collection.indexes.length;
    const note = numIndexesAfter === numIndexesBefore ? { note: 'all indexes already exist' } : {};
    return { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically: present === undefined, ...note };
  },
};

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
  if (wanted === '*') return collection.indexes.filter(({ spec }) => spec.name !== '_id_');
  const names = Array.isArray(wanted) ? wanted : [wanted];
  return names.map((name) => {
    const found = collection.indexes.find(({ spec }) => (isDoc(name) ? equal(spec.key, name) : spec.name === name));
    if (found === undefined)
      throw new CommandError('IndexNotFound', `index not found with name or key [${describe(name)}]`);
    if (found.spec.name === '_id_') throw new CommandError('InvalidOptions', 'cannot drop _id index');
    return found;
  });
}

export const listIndexes: Command = {
  name: 'listIndexes',
  fields: ['cursor'],
  refused: ['includeIndexBuildInfo'],
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
