import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startStore } from '@roost/local-cluster';
import { mongo } from 'mongoose';
import { takeLock } from '../lock.js';
import { type Say, seconds } from '../progress.js';
import { Refused } from '../refused.js';
import { asStored, writeDocuments } from './dump.js';
import { documentsFile, writeMetadata } from './layout.js';

/**
 * Writes what the store of a data folder holds into a folder that is not there yet, in the form of mongodump. Nothing else may use
 * the data meanwhile, so that all collections are of the same moment.
 */
export async function exportTo(dir: string, data: string, say: Say): Promise<void> {
  const folder = join(data, 'store');
  if (existsSync(dir)) throw new Refused(`${dir} is there already: name a folder that is not`);
  if (!existsSync(join(folder, 'embedded'))) {
    throw new Refused(`${data} (--data) has no data of the embedded server. Of a mongod, mongodump makes a dump`);
  }
  const release = alone(data);
  try {
    const store = await startStore({ dir: folder, only: 'embedded' });
    try {
      await writeAll(store.uri, dir, say);
    } finally {
      await store.part?.stop();
    }
  } finally {
    release();
  }
}

function alone(data: string): () => void {
  try {
    return takeLock(join(data, 'lock'));
  } catch (error) {
    throw error instanceof Refused ? new Refused(`${error.message}: stop it first`, { cause: error }) : error;
  }
}

/** The folder appears with everything in it or not at all. */
async function writeAll(uri: string, dir: string, say: Say): Promise<void> {
  mkdirSync(dirname(dir), { recursive: true });
  const unfinished = mkdtempSync(`${dir}.unfinished-`);
  const client = await mongo.MongoClient.connect(uri);
  try {
    const database = client.db();
    const folder = join(unfinished, database.databaseName);
    mkdirSync(folder);
    const names = (await database.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    for (const name of names.toSorted()) await writeOne(database.collection(name), folder, say);
    renameSync(unfinished, dir);
  } finally {
    await client.close();
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function writeOne(collection: mongo.Collection, folder: string, say: Say): Promise<void> {
  const startedAt = performance.now();
  const name = collection.collectionName;
  const documents = collection.find({}, { raw: true }) as unknown as AsyncIterable<Uint8Array>;
  const count = await writeDocuments(documentsFile(folder, name), documents);
  const indexes = await collection.listIndexes(asStored).toArray();
  writeMetadata(folder, name, indexes as mongo.BSON.Document[]);
  say(`  ${name.padEnd(20)}${String(count).padStart(9)} documents  ${seconds(performance.now() - startedAt)}`);
}
