import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mongo } from 'mongoose';
import { Refused } from '../refused.js';

const { EJSON } = mongo.BSON;

/** A collection in a folder: `NAME.bson` and `NAME.metadata.json`, as mongodump writes and mongorestore reads them. */
export interface DumpedCollection {
  name: string;
  documents: string;
  /** As `listIndexes` gives them. */
  indexes: mongo.BSON.Document[];
}

/** mongodump writes what a file system may not have in a name as `%24`. */
export const documentsFile = (folder: string, name: string): string => join(folder, `${encodeURIComponent(name)}.bson`);

export function writeMetadata(folder: string, name: string, indexes: mongo.BSON.Document[]): void {
  const metadata = { indexes, uuid: '', collectionName: name, type: 'collection' };
  const file = join(folder, `${encodeURIComponent(name)}.metadata.json`);
  writeFileSync(file, EJSON.stringify(metadata, { relaxed: false }), { mode: 0o600 });
}

/**
 * The collections in a folder of one database. `DIR` may also be what mongodump makes, with one folder for each database, where it
 * has one of them. `Refused` where there is no dump.
 */
export function readLayout(dir: string): DumpedCollection[] {
  const folder = databaseFolder(dir);
  const suffix = '.metadata.json';
  const names = readdirSync(folder).filter((name) => name.endsWith(suffix));
  if (names.length === 0) throw new Refused(`${folder} has no dump: no *${suffix}`);
  return names.toSorted().map((file) => readCollection(folder, file.slice(0, -suffix.length), join(folder, file)));
}

function databaseFolder(dir: string): string {
  if (!existsSync(dir) || !statSync(dir).isDirectory()) throw new Refused(`${dir} is no folder`);
  const entries = readdirSync(dir, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && entry.name !== 'admin' && entry.name !== 'config');
  if (entries.some(({ name }) => name.endsWith('.bson'))) return dir;
  const [one, ...others] = folders;
  if (!one) throw new Refused(`${dir} has no dump: neither *.bson nor a folder of a database`);
  if (others.length > 0) {
    throw new Refused(`${dir} has dumps of several databases: say which, for example ${join(dir, one.name)}`);
  }
  return join(dir, one.name);
}

function readCollection(folder: string, stem: string, file: string): DumpedCollection {
  const documents = join(folder, `${stem}.bson`);
  if (!existsSync(documents)) throw new Refused(`${documents} is missing`);
  const { collectionName, indexes, options } = metadataIn(file);
  if (options && Object.keys(options).length > 0) {
    throw new Refused(`${basename(file)}: collections with options are for mongorestore`);
  }
  return { name: collectionName ?? decodeURIComponent(stem), documents, indexes };
}

interface Metadata {
  collectionName?: string;
  indexes: mongo.BSON.Document[];
  options?: object;
}

function metadataIn(file: string): Metadata {
  try {
    const read = EJSON.parse(readFileSync(file, 'utf8'), { relaxed: true }) as Partial<Metadata> | null;
    if (Array.isArray(read?.indexes)) return { ...read, indexes: read.indexes };
  } catch (error) {
    throw new Refused(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  throw new Refused(`${file} does not list indexes`);
}
